import type { ClassFact, FileFacts, FunctionFact } from '../facts.js';
import { callSignal, decoratorSignal, importsAny, importSignal, signalNames, type Detector } from './signal.js';

const FACTORY_NAME = /^_?(create|make|build|from)(_|[A-Z])/;
/** An instance that a class keeps of itself. */
const INSTANCE_FIELD = /^[#_]*instances?_?$/i;

const named = ({ name, startLine }: { name: string; startLine: number }): { name: string; line: number } => ({
  name,
  line: startLine,
});

export const DESIGN_PATTERNS: readonly Detector[] = [
  {
    type: 'singleton',
    signals: (facts) => [
      signalNames(0.85, facts.classes.filter(keepsItsInstance).map(named), 'keeps its only instance:'),
      signalNames(
        0.85,
        facts.classes
          .filter(({ keywords }) => keywords.some((keyword) => /^metaclass\s*=\s*\w*Singleton/.test(keyword)))
          .map(named),
        'has a singleton metaclass:',
      ),
      decoratorSignal(0.8, facts, /^singleton$/i),
    ],
  },
  {
    type: 'factory',
    signals: (facts) => [
      signalNames(0.7, factories(facts).map(named), 'creates instances in'),
      signalNames(
        0.8,
        facts.classes.filter(({ name, methods }) => /Factory$/.test(name) && methods.length > 0).map(named),
        'is a factory class:',
      ),
    ],
  },
  {
    type: 'observer',
    signals: (facts) => [
      signalNames(0.85, facts.classes.filter(hasListeners).map(named), 'registers and notifies listeners in'),
      signalNames(
        0.8,
        facts.classes
          .filter(({ baseClasses }) =>
            baseClasses.some((base) => /(^|\.)(EventEmitter\d?|EventTarget|Observable|Subject)(<|$)/.test(base)),
          )
          .map(named),
        'is an event source:',
      ),
      decoratorSignal(0.8, facts, /^receiver$/),
      callSignal(0.5, facts, /\.(addEventListener|subscribe|add_listener|connect_signal)$/),
      signalNames(
        0.5,
        facts.news.filter(({ name }) =>
          /^(MutationObserver|IntersectionObserver|ResizeObserver|EventEmitter)$/.test(name),
        ),
        'creates',
      ),
      importsAny(facts, /^rxjs(\/|$)/)
        ? signalNames(
            0.6,
            facts.news.filter(({ name }) => /^(Behavior|Replay|Async)?Subject$/.test(name)),
            'creates',
          )
        : undefined,
      importSignal(0.3, facts, /^(rxjs|blinker|django\.dispatch|(node:)?events|mitt|eventemitter3)([./]|$)/),
    ],
  },
];

function keepsItsInstance({ fields, methods }: ClassFact): boolean {
  const hasField = fields.some((field) => INSTANCE_FIELD.test(field));
  const gives = methods.some(
    ({ name, isStatic }) =>
      name === '__new__' || /^get_?instance$/i.test(name) || (isStatic && INSTANCE_FIELD.test(name)),
  );
  return hasField && gives;
}

/** Functions that are called like a factory and do make an instance. */
function factories({ functions, classes, news, calls }: FileFacts): FunctionFact[] {
  const makers = new Set<FunctionFact | undefined>(news.map(({ owner }) => owner));
  for (const { callee, owner } of calls) if (/^(?:cls|(?:\w+\.)*[A-Z]\w*[a-z]\w*)$/.test(callee)) makers.add(owner);
  return [...functions, ...classes.flatMap(({ methods }) => methods)].filter(
    (each) => FACTORY_NAME.test(each.name) && makers.has(each),
  );
}

const REGISTER =
  /^(subscribe|attach|on|addListener|add_listener|addObserver|add_observer|register_observer|registerObserver)$/;
const NOTIFY = /^(notify|notify_all|notifyAll|notify_observers|notifyObservers|emit|publish|dispatch|next)$/;

function hasListeners({ methods }: ClassFact): boolean {
  return methods.some(({ name }) => REGISTER.test(name)) && methods.some(({ name }) => NOTIFY.test(name));
}
