/** Later times cannot be written as a date, which backends do. */
const MAX_TIME_MS = 8.64e15;

/**
 * Checks a time to live in seconds.
 * @throws TypeError unless it is a number above 0, or undefined.
 */
export function checkTtl(ttl: number | undefined, name: string): void {
  if (ttl === undefined) return;
  if (typeof ttl !== 'number' || !(ttl > 0))
    throw new TypeError(`Expected ${name} to be a number of seconds above 0, or Infinity for never`);
}

/** When a value that is saved now expires, in ms since the Unix epoch; undefined: never. */
export function expiryOf(ttl: number | undefined, now: number): number | undefined {
  if (ttl === undefined || ttl === Infinity) return undefined;
  return Math.min(Math.ceil(now + ttl * 1000), MAX_TIME_MS);
}
