import { messageOf, systemCode } from '../../model/errors.js';
import type { StoreFailure } from '../store-error.js';

/** The tables belong to something else, or were made by a later version. */
export class TableProblem extends Error {
  constructor(
    readonly failure: StoreFailure,
    problem: string,
  ) {
    super(problem);
  }
}

/** The server said nothing for as long as a call may take. */
export class NoAnswer extends Error {
  constructor(timeoutMs: number) {
    super(`it did not answer within ${timeoutMs} ms`);
  }
}

/** By SQLSTATE, the longest that fits. Source: PostgreSQL documentation, appendix A. */
const FAILURES: readonly (readonly [prefix: string, failure: StoreFailure])[] = [
  ['25006', 'read-only'],
  ['3D000', 'missing'],
  ['3F000', 'missing'],
  ['42P01', 'missing'],
  ['42501', 'denied'],
  ['53100', 'full'],
  ['55P03', 'unavailable'],
  ['XX001', 'corrupt'],
  ['XX002', 'corrupt'],
  ['08', 'unavailable'],
  ['28', 'denied'],
  ['40', 'unavailable'],
  ['53', 'unavailable'],
  ['54', 'too-large'],
  ['57', 'unavailable'],
  ['58', 'unavailable'],
];

export function postgresFailure(error: unknown): StoreFailure {
  if (error instanceof TableProblem) return error.failure;
  const state = sqlState(error);
  if (state !== undefined) return FAILURES.find(([prefix]) => state.startsWith(prefix))?.[1] ?? 'failed';
  // The client says it before anything is sent: a password is asked for and there is none.
  if (messageOf(error).startsWith('SASL')) return 'denied';
  // Sockets, TLS, time limits.
  return 'unavailable';
}

/** It was rolled back since others were in its way: another try is free. */
export function wasRolledBack(error: unknown): boolean {
  return ['40001', '40P01'].includes(sqlState(error) ?? '');
}

/** The connection is gone: what was under way may have been done or not. */
export function isLost(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P');
  return !(error instanceof NoAnswer) && !(error instanceof TableProblem);
}

/** Between us and the server something hands on each transaction to another connection, which does not know our statements. */
export function forgetsStatements(error: unknown): boolean {
  return ['26000', '42P05'].includes(sqlState(error) ?? '');
}

/** Undefined for what the server has not said. */
function sqlState(error: unknown): string | undefined {
  const code = systemCode(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && error instanceof Error && 'severity' in error
    ? code
    : undefined;
}
