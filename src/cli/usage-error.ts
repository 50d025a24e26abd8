/**
 * A command line that cannot be understood. It is shown as a `CacheError` with CACHE_USAGE; it is none, so that parsing need not load
 * the library.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What may have been meant by `word`. */
  readonly hint: { readonly word: string; readonly candidates: readonly string[] } | undefined;
  readonly advice: string;

  /** @param message without a full stop; @param advice a sentence. */
  constructor(message: string, { hint, advice }: { hint?: UsageError['hint']; advice: string }) {
    super(message);
    this.hint = hint;
    this.advice = advice;
  }
}

/** By its name: where sources are transformed on the fly, this module may be loaded twice. */
export function isUsageError(thrown: unknown): thrown is UsageError {
  return thrown instanceof Error && thrown.name === 'UsageError';
}
