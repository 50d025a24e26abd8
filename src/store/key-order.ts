/** First code unit of surrogates: in UTF-8 they come after the code units above them. */
const SURROGATES = 0xd800;

/** Order of two keys by the bytes of their UTF-8; negative where `a` is first. */
export function compareKeys(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at++) {
    const one = a.charCodeAt(at);
    const other = b.charCodeAt(at);
    if (one === other) continue;
    if (one >= SURROGATES && other >= SURROGATES) return afterSurrogates(one) - afterSurrogates(other);
    return one - other;
  }
  return a.length - b.length;
}

/** Moves surrogates behind U+E000 to U+FFFF. */
const afterSurrogates = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);

/** What a prefix of a user means to drivers, in the order of the keys: `ab` is the key `ab` and all under `ab/` and `ab:`, never `abc`. */
export interface PrefixRanges {
  /** The key that is the prefix itself. */
  readonly key: string | undefined;
  readonly prefixes: readonly string[];
}

export function rangesOf(prefix: string): PrefixRanges {
  if (prefix === '' || prefix.endsWith('/') || prefix.endsWith(':')) return { key: undefined, prefixes: [prefix] };
  return { key: prefix, prefixes: [`${prefix}/`, `${prefix}:`] };
}

export function isInRanges(key: string, { key: own, prefixes }: PrefixRanges): boolean {
  return key === own || prefixes.some((prefix) => key.startsWith(prefix));
}
