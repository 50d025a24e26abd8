/** How much the long tests do: `DOCUMEE_TEST_NIGHTLY=1` for the larger count, `DOCUMEE_TEST_SEED` to repeat a random test. */
const nightly = process.env['DOCUMEE_TEST_NIGHTLY'] === '1';

export const scale = <T>(usual: T, atNight: T): T => (nightly ? atNight : usual);

/** Where a random test starts, said on failure by fast-check itself. */
export function seedOf(): { seed?: number } {
  const seed = process.env['DOCUMEE_TEST_SEED'];
  return seed === undefined ? {} : { seed: Number(seed) };
}

/** Numbers of at least 0 and below 1 that are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
