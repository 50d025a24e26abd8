import type { CacheError } from '../model/errors.js';
import type { RecordId } from '../model/ids.js';
import { taskName, type Candidate } from '../plan/make-plan.js';
import type { KnownRecord } from './decisions.js';

/** One task that is not simply unchanged, on its way to an answer. */
export interface Entry {
  candidate: Candidate;
  /** Records that hold if other results are the same; undefined: it is decided. */
  open: readonly Pick<KnownRecord, 'dependencies'>[] | undefined;
  /** It is current if `open` holds, and was not looked up otherwise. */
  isDependent: boolean;
  deciding?: Promise<void>;
  settling?: Promise<void>;
  isClaimed: boolean;
  /** Its record has proved unreadable: it ran again for that, and the result stays in memory. */
  keepsText: boolean;
  done: Promise<void>;
  finish: () => void;
  /** Of its run. */
  outcome?: RunOutcome;
  /** It waits, or waited, for itself: it fails with this, whatever its analyzer makes of it. */
  circle?: CacheError;
}

/** What came of its run. */
export type RunOutcome =
  | {
      readonly ok: true;
      /** Undefined where nobody has asked for it yet. */
      readonly surface: string | undefined;
      /** Of its record, where it was kept. */
      readonly id: RecordId | undefined;
      /** Where it was not, or could not be read again. */
      readonly resultText: string | undefined;
    }
  | { readonly ok: false; readonly message: string };

export const newEntry = (candidate: Candidate, open: Entry['open'], isDependent: boolean): Entry => ({
  ...{ candidate, open, isDependent, isClaimed: false, keepsText: false },
  ...pending(),
});

/** Something to wait for. */
export function pending(): Pick<Entry, 'done' | 'finish'> {
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  return { done, finish };
}

/** Neither in memory nor, as was just seen, in the store. */
export const isGone = ({ outcome, keepsText }: Entry): boolean =>
  !keepsText && (outcome === undefined || (outcome.ok && outcome.resultText === undefined));

export const nameOf = ({ path, analyzerId }: Candidate): string => taskName(path, analyzerId);
