import type { Dependency } from '../model/dependency.js';
import type { FailureReason } from '../model/event.js';

/** What came of one analysis. The result is JSON text, so that worker threads print their own and nothing is printed twice. */
export type Outcome =
  | {
      readonly ok: true;
      /** Pretty-printed with two spaces. */
      readonly resultText: string;
      readonly durationMs: number;
      readonly cost: Readonly<Record<string, number>>;
      /** Why it must not be kept; undefined where it may. */
      readonly uncacheable: string | undefined;
      /** All that was seen besides the file itself, in the order of first sight. */
      readonly dependencies: readonly Dependency[];
      /** What dependents compare: `sha256:…`; null where that is all of the result. */
      readonly surface: string | null;
    }
  | { readonly ok: false; readonly reason: FailureReason; readonly message: string; readonly cause?: unknown };
