/** Idioms of the language itself. */
import type { ClassFact, FileFacts } from '../facts.js';
import { callSignal, decoratorSignal, ownersOf, plural, signalAt, signalNames, type Detector } from './signal.js';

const named = ({ name, startLine }: { name: string; startLine: number }): { name: string; line: number } => ({
  name,
  line: startLine,
});

const functionsOf = ({ functions, classes }: FileFacts): FileFacts['functions'] => [
  ...functions,
  ...classes.flatMap(({ methods }) => methods),
];

const definesBoth = ({ methods }: ClassFact, first: string, second: string): boolean =>
  methods.some(({ name }) => name === first) && methods.some(({ name }) => name === second);

export const IDIOMS: readonly Detector[] = [
  {
    type: 'context_manager',
    signals: (facts) => [
      signalAt(0.8, facts.sites.with, (count) => `uses ${plural(count, 'with statement')}`),
      signalNames(
        0.95,
        facts.classes
          .filter((each) => definesBoth(each, '__enter__', '__exit__') || definesBoth(each, '__aenter__', '__aexit__'))
          .map(named),
        'defines the context manager',
      ),
      decoratorSignal(0.9, facts, /(^|\.)(async)?contextmanager$/),
    ],
  },
  {
    type: 'decorator',
    signals: (facts) => [
      signalNames(0.8, facts.decorators, 'applies'),
      signalNames(
        0.9,
        facts.decorators
          .filter(({ name }) => /^(functools\.)?wraps$/.test(name))
          .map(({ line }) => ({ name: 'wraps', line })),
        'defines a decorator with',
      ),
    ],
  },
  {
    type: 'generator',
    signals: ({ sites }) => [
      signalNames(0.9, ownersOf(sites.yield), 'yields in'),
      signalAt(0.5, sites.yield, (count) => `has ${plural(count, 'yield expression')}`),
    ],
  },
  {
    type: 'async',
    signals: (facts) => [
      signalNames(
        0.9,
        functionsOf(facts)
          .filter(({ isAsync }) => isAsync)
          .map(named),
        'defines async',
      ),
      signalAt(0.8, facts.sites.await, (count) => `awaits ${plural(count, 'time')}`),
      callSignal(0.7, facts, /^(asyncio\.(run|gather|create_task|wait)|Promise\.(all|allSettled|any|race))$/),
    ],
  },
  {
    type: 'comprehension',
    signals: ({ sites }) => [signalAt(0.9, sites.comprehension, (count) => `uses ${plural(count, 'comprehension')}`)],
  },
  {
    type: 'error_handling',
    signals: (facts) => [
      signalAt(0.8, facts.sites.catch, (count) => `handles errors in ${plural(count, 'clause')}`),
      signalAt(0.4, facts.sites.raise, (count) => `raises or throws ${plural(count, 'time')}`),
      callSignal(0.5, facts, /\.catch$/),
      signalNames(
        0.7,
        facts.classes
          .filter(({ baseClasses }) => baseClasses.some((base) => /(Error|Exception)$/.test(base)))
          .map(named),
        'defines the error',
      ),
    ],
  },
];
