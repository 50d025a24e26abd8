import type { FileFacts, Site } from '../facts.js';
import { rounded } from '../numbers.js';
import type { Pattern, PatternType } from '../result.js';

/** One observation that speaks for a pattern. */
export interface Signal {
  /** How sure it makes us on its own, from 0 to 1. */
  readonly weight: number;
  readonly evidence: string;
  readonly lines: readonly number[];
}

/** Looks for one pattern; no signals means that it is not there. */
export interface Detector {
  readonly type: PatternType;
  readonly signals: (facts: FileFacts) => (Signal | undefined)[];
}

const MAX_EVIDENCE = 8;
const MAX_LINES = 50;
const MAX_NAMES = 5;

/** Independent signals add up: two of 0.5 make 0.75. Undefined where there are none. */
export function patternOf(type: PatternType, found: readonly (Signal | undefined)[]): Pattern | undefined {
  const signals = found.filter((signal) => signal !== undefined);
  if (signals.length === 0) return undefined;
  const doubt = signals.reduce((product, { weight }) => product * (1 - weight), 1);
  const lines = new Set(signals.flatMap((signal) => signal.lines));
  return {
    type,
    confidence: rounded(1 - doubt, 2),
    evidence: signals.slice(0, MAX_EVIDENCE).map(({ evidence }) => evidence),
    lines: [...lines].sort((a, b) => a - b).slice(0, MAX_LINES),
  };
}

/** A signal where `places` is not empty. */
export function signalAt(
  weight: number,
  places: readonly { readonly line: number }[],
  evidence: (count: number) => string,
): Signal | undefined {
  if (places.length === 0) return undefined;
  return { weight, evidence: evidence(places.length), lines: places.map(({ line }) => line) };
}

/** A signal that lists the distinct names it was found at, the first few of them. */
export function signalNames(
  weight: number,
  places: readonly { readonly line: number; readonly name: string }[],
  what: string,
): Signal | undefined {
  const names = [...new Set(places.map(({ name }) => name))];
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return signalAt(weight, places, () => `${what} ${names.slice(0, MAX_NAMES).join(', ')}${more}`);
}

/** Imports of a module whose name matches `pattern`. */
export function importSignal(weight: number, { imports }: FileFacts, pattern: RegExp): Signal | undefined {
  const found = imports.filter(({ module }) => pattern.test(module));
  return signalNames(
    weight,
    found.map(({ module, line }) => ({ name: module, line })),
    'imports',
  );
}

export function callSignal(weight: number, { calls }: FileFacts, pattern: RegExp): Signal | undefined {
  const found = calls.filter(({ callee }) => pattern.test(callee));
  return signalNames(
    weight,
    found.map(({ callee, line }) => ({ name: callee, line })),
    'calls',
  );
}

export function decoratorSignal(weight: number, { decorators }: FileFacts, pattern: RegExp): Signal | undefined {
  return signalNames(
    weight,
    decorators.filter(({ name }) => pattern.test(name)),
    'is decorated with',
  );
}

export function importsAny({ imports }: FileFacts, pattern: RegExp): boolean {
  return imports.some(({ module }) => pattern.test(module));
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Names of the listed functions that `sites` lie in, with the line of each function. */
export function ownersOf(sites: readonly Site[]): { name: string; line: number }[] {
  const owners = new Set(sites.flatMap(({ owner }) => (owner === undefined ? [] : [owner])));
  return [...owners].map(({ name, startLine }) => ({ name, line: startLine }));
}
