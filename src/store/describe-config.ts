import type { SecretText, SingleStoreConfig } from './store-config.js';
import { describeStoreUrl } from './store-url.js';
import { revealed } from '../util/secret.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Which store a checked configuration means: what tells it from others, and no credentials. What variables add to it belongs to it. */
export function describeConfig(config: SingleStoreConfig, environment: Environment): string {
  switch (config.type) {
    case 'memory':
      return 'memory:';
    case 'file':
      return `file:${config.basePath}`;
    case 'sqlite':
      return `sqlite:${config.path}`;
    case 'redis':
      return describeWith(config.url, { prefix: config.prefix });
    case 'postgres': {
      const { PGHOST, PGPORT, PGDATABASE } = environment;
      const server = describeStoreUrl(revealed(config.url)).replace(
        /^([a-z]+:\/\/)(?=[/?]|$)/,
        (start) => start + hostOf(PGHOST, PGPORT),
      );
      return describeWith(server, {
        schema: config.schema,
        table: config.table,
        database: /\/\/[^/]*\/[^?]/.test(server) ? undefined : PGDATABASE,
      });
    }
    case 's3':
      return describeObjects('s3', config.bucket, config.prefix, config.endpoint ?? environment.AWS_ENDPOINT_URL_S3);
    case 'azure': {
      const account = config.account ?? accountIn(config.connectionString, environment);
      return describeObjects('azure', config.container, config.prefix, config.endpoint, account);
    }
    case 'google':
      return describeObjects('gs', config.bucket, config.prefix, config.endpoint ?? environment.STORAGE_EMULATOR_HOST);
  }
}

const hostOf = (host: string | undefined, port: string | undefined): string =>
  host === undefined ? '' : `${host}${port === undefined ? '' : `:${port}`}`;

function describeWith(url: SecretText, parts: Readonly<Record<string, string | undefined>>): string {
  const named = Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const text = describeStoreUrl(revealed(url));
  return named.length === 0 ? text : `${text}${text.includes('?') ? '&' : '?'}${named.join('&')}`;
}

/** The connection string holds the key, too: only the name is taken out of it. */
function accountIn(connectionString: SecretText | undefined, environment: Environment): string | undefined {
  const text =
    connectionString === undefined ? environment.AZURE_STORAGE_CONNECTION_STRING : revealed(connectionString);
  return /(?:^|;)\s*AccountName\s*=\s*([a-z0-9]+)/i.exec(text ?? '')?.[1] ?? environment.AZURE_STORAGE_ACCOUNT;
}

function describeObjects(scheme: string, place: string, prefix?: string, endpoint?: string, account?: string): string {
  const host = endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint).host : account;
  return `${scheme}://${place}${prefix === undefined ? '' : `/${prefix}`}${host === undefined ? '' : ` at ${host}`}`;
}
