import type { FileFacts } from '../facts.js';
import { importsAny, ownersOf, signalNames, type Detector } from './signal.js';

const REACT = /^(preact|react)(\/|$)/;
const COMPONENT_NAME = /^[A-Z]/;
const HOOK_NAME = /^use[A-Z]/;
const HOOK_CALL = /^(?:React\.)?use[A-Z][\w$]*$/;

export const REACT_PATTERNS: readonly Detector[] = [
  {
    type: 'react_component',
    signals: (facts) => [
      signalNames(importsAny(facts, REACT) ? 0.95 : 0.85, componentFunctions(facts), 'returns JSX from'),
      signalNames(
        0.95,
        facts.classes
          .filter(({ baseClasses }) => baseClasses.some((base) => /^(React\.)?(Pure)?Component(<|$)/.test(base)))
          .map(({ name, startLine }) => ({ name, line: startLine })),
        'is a class component:',
      ),
      signalNames(0.8, wrappers(facts), 'wraps a component with'),
    ],
  },
  {
    type: 'react_hook',
    signals: (facts) => [
      signalNames(
        importsAny(facts, REACT) ? 0.9 : 0.6,
        facts.calls.filter(({ callee }) => HOOK_CALL.test(callee)).map(({ callee, line }) => ({ name: callee, line })),
        'calls',
      ),
      signalNames(
        0.6,
        facts.functions
          .filter(({ name }) => isScript(facts) && HOOK_NAME.test(name))
          .map(({ name, startLine }) => ({ name, line: startLine })),
        'defines the hook',
      ),
    ],
  },
];

function componentFunctions({ sites }: FileFacts): { name: string; line: number }[] {
  return ownersOf(sites.jsx).filter(({ name }) => COMPONENT_NAME.test(name));
}

function wrappers(facts: FileFacts): { name: string; line: number }[] {
  if (facts.sites.jsx.length === 0) return [];
  return facts.calls
    .filter(({ callee }) => /^(React\.)?(memo|forwardRef)$/.test(callee))
    .map(({ callee, line }) => ({ name: callee, line }));
}

function isScript({ language }: FileFacts): boolean {
  return language !== 'python';
}
