import { callSignal, decoratorSignal, importSignal, signalAt, plural, signalNames, type Detector } from './signal.js';

const SESSION_MODULES =
  /^(express-session|cookie-session|iron-session|client-sessions|koa-session|@fastify\/(secure-)?session|flask_login|flask_session|django\.contrib\.(auth|sessions)|starlette\.middleware\.sessions|passport-local)/;
const JWT_MODULES =
  /^(jwt|jose|jsonwebtoken|jwt-decode|express-jwt|passport-jwt|@nestjs\/jwt|flask_jwt(_extended)?|rest_framework_simplejwt|@fastify\/jwt)([./]|$)/;
const OAUTH_MODULES =
  /^(authlib|oauthlib|requests_oauthlib|oauth2client|google_auth_oauthlib|social_django|allauth|fastapi\.security\.oauth2|passport-(oauth2?|google|github|facebook|twitter)[\w-]*|simple-oauth2|openid-client|next-auth|oauth|@auth\/|@octokit\/(auth-)?oauth[\w-]*)([./]|$)?/;

export const AUTHENTICATION_PATTERNS: readonly Detector[] = [
  {
    type: 'session_auth',
    signals: (facts) => [
      importSignal(0.7, facts, SESSION_MODULES),
      signalAt(
        0.6,
        facts.sessionLines.map((line) => ({ line })),
        (count) => `uses the session on ${plural(count, 'line')}`,
      ),
      callSignal(0.6, facts, /^(login_user|logout_user|(\w+\.)?(req|request)\.(logIn|login|logout))$/),
      decoratorSignal(0.6, facts, /(^|\.)login_required$/),
    ],
  },
  {
    type: 'jwt_auth',
    signals: (facts) => [
      importSignal(0.7, facts, JWT_MODULES),
      callSignal(
        0.8,
        facts,
        /^(jwt|jsonwebtoken|jose|(this\.)?jwtService|pyjwt)\.(sign|verify|encode|decode|signAsync|verifyAsync)$/,
      ),
      callSignal(0.7, facts, /^(create_access_token|get_jwt_identity|jwtVerify|jwtDecode|verify_jwt_in_request)$/),
      decoratorSignal(0.8, facts, /(^|\.)jwt_required$/),
      signalNames(
        0.7,
        facts.news.filter(({ name }) => /^(SignJWT|JwtStrategy|jose\.SignJWT)$/.test(name)),
        'creates',
      ),
    ],
  },
  {
    type: 'oauth',
    signals: (facts) => [
      importSignal(0.7, facts, OAUTH_MODULES),
      callSignal(
        0.8,
        facts,
        /^(\w+\.)*(OAuth2?Session|OAuth|OAuth2PasswordBearer|OAuth2AuthorizationCodeBearer|WebApplicationClient|fetch_token|authorize_access_token|authorize_redirect)$/,
      ),
      signalNames(
        0.8,
        facts.news.filter(({ name }) =>
          /(^|\.)(OAuth2?(Client|Strategy)?|OAuth2Client|AuthorizationCode|GoogleStrategy|GitHubStrategy|OAuthProvider)$/.test(
            name,
          ),
        ),
        'creates',
      ),
    ],
  },
];
