import type { Call, FileFacts } from '../facts.js';
import { decoratorSignal, importsAny, signalNames, type Detector, type Signal } from './signal.js';

const METHOD = 'get|post|put|patch|delete|head|options';
/** Flask and FastAPI: `@app.route('/x')`, `@router.get('/x')`, `@bp.websocket('/x')`. */
const PYTHON_ROUTE = new RegExp(`^[\\w.]+\\.(route|websocket|api_route|${METHOD})$`);
const EXPRESS_ROUTE = new RegExp(
  `(?:^|[.\\w$])(?:app|router|server|fastify|api|routes?)\\.(all|use|route|${METHOD})$`,
  'i',
);
const NEST_ROUTE = /^(Get|Post|Put|Patch|Delete|Head|Options|All|Controller)$/;
const DJANGO_URLS = /^(django\.(urls|conf\.urls)|rest_framework)/;

export const WEB_PATTERNS: readonly Detector[] = [
  {
    type: 'api_route',
    signals: (facts) => (facts.language === 'python' ? pythonSignals(facts) : scriptSignals(facts)),
  },
];

function pythonSignals(facts: FileFacts): (Signal | undefined)[] {
  const isDjango = importsAny(facts, DJANGO_URLS);
  const routes = facts.decorators.filter(({ name, argument }) => PYTHON_ROUTE.test(name) && isRoute(argument));
  return [
    signalNames(
      0.9,
      routes.map(({ name, argument, line }) => ({ name: `@${name}('${argument ?? ''}')`, line })),
      'routes',
    ),
    decoratorSignal(0.9, facts, /(^|\.)api_view$/),
    isDjango
      ? signalNames(
          0.9,
          named(facts.calls.filter(({ callee }) => /^(path|re_path|url)$/.test(callee))),
          'maps urls with',
        )
      : undefined,
  ];
}

function scriptSignals(facts: FileFacts): (Signal | undefined)[] {
  const routes = facts.calls.filter(
    ({ callee, argument }) => EXPRESS_ROUTE.test(callee) && argument?.startsWith('/') === true,
  );
  return [
    signalNames(
      importsAny(facts, /^(express|fastify|koa-router|@koa\/router|hono)$/) ? 0.95 : 0.8,
      named(routes),
      'routes',
    ),
    importsAny(facts, /^@nestjs\//) ? decoratorSignal(0.95, facts, NEST_ROUTE) : undefined,
  ];
}

/** Routes begin with a slash, or are empty below a prefix. */
function isRoute(argument: string | undefined): boolean {
  return argument !== undefined && (argument === '' || argument.startsWith('/'));
}

function named(calls: readonly Call[]): { name: string; line: number }[] {
  return calls.map(({ callee, argument, line }) => ({
    name: argument === undefined ? callee : `${callee}('${argument}')`,
    line,
  }));
}
