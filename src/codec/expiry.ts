/** How far a clock may have gone back since a value was saved, in ms: clocks of two machines differ by seconds. */
export const CLOCK_TOLERANCE_MS = 60_000;

export interface Lifetime {
  /** In ms since the Unix epoch; undefined where it is not known. */
  readonly savedAt: number | undefined;
  /** In ms since the Unix epoch; undefined: never. */
  readonly expiresAt: number | undefined;
}

/**
 * Whether a value is to be treated as absent. One from the future has expired too: after a clock was put back it would live for as long as
 * the clock was wrong.
 */
export function isExpired({ savedAt, expiresAt }: Lifetime, now: number): boolean {
  if (expiresAt === undefined) return false;
  return now >= expiresAt || (savedAt !== undefined && now < savedAt - CLOCK_TOLERANCE_MS);
}
