import type { AnalysisRun } from '../analyze-codebase.js';
import type { RoundCause } from './round-trigger.js';

/** One look at the codebase. */
export type Round = RoundHead &
  (
    | { readonly outcome: 'finished'; readonly run: AnalysisRun }
    /** The run could not be made, e.g. as the configuration is broken just now; it is tried again when something changes. */
    | { readonly outcome: 'failed'; readonly error: Error }
    /** The root is no folder any more; the next round begins when it is one again. */
    | { readonly outcome: 'root-missing' }
  );

export interface RoundHead {
  /** Counted from 1. */
  readonly number: number;
  readonly cause: RoundCause;
  /** Where something happened, relative to the root: what made the round begin, not what it found. At most 100. */
  readonly paths: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}
