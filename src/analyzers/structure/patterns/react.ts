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
      signalNames(0.95, componentClasses(facts), 'is a class component:'),
      signalNames(0.8, wrappers(facts), 'wraps a component with'),
    ],
  },
  {
    type: 'react_hook',
    signals: (facts) => [
      usesReact(facts) ? signalNames(0.9, hookCalls(facts), 'calls') : undefined,
      signalNames(0.8, hooksOfHooks(facts), 'defines the hook'),
    ],
  },
];

function usesReact(facts: FileFacts): boolean {
  return importsAny(facts, REACT) || facts.sites.jsx.length > 0;
}

function hookCalls({ calls }: FileFacts): { name: string; line: number }[] {
  return calls.filter(({ callee }) => HOOK_CALL.test(callee)).map(({ callee, line }) => ({ name: callee, line }));
}

/** Functions called like a hook that call hooks themselves. */
function hooksOfHooks({ language, calls }: FileFacts): { name: string; line: number }[] {
  if (language === 'python') return [];
  return ownersOf(calls.filter(({ callee }) => HOOK_CALL.test(callee))).filter(({ name }) => HOOK_NAME.test(name));
}

/** `Component` alone says it only where React is in use. */
function componentClasses(facts: FileFacts): { name: string; line: number }[] {
  const base = usesReact(facts) ? /^(React\.)?(Pure)?Component(<|$)/ : /^React\.(Pure)?Component(<|$)/;
  return facts.classes
    .filter(({ baseClasses }) => facts.language !== 'python' && baseClasses.some((each) => base.test(each)))
    .map(({ name, startLine }) => ({ name, line: startLine }));
}

function componentFunctions({ sites }: FileFacts): { name: string; line: number }[] {
  return ownersOf(sites.jsx).filter(({ name }) => COMPONENT_NAME.test(name));
}

function wrappers(facts: FileFacts): { name: string; line: number }[] {
  if (facts.sites.jsx.length === 0) return [];
  return facts.calls
    .filter(({ callee }) => /^(React\.)?(memo|forwardRef)$/.test(callee))
    .map(({ callee, line }) => ({ name: callee, line }));
}
