/** Above every byte that UTF-8 uses. */
const ABOVE_UTF8 = Buffer.of(0xff);

/** The keys that begin with `prefix`, as bytes: `from` and above, below `before`. */
export function prefixRange(prefix: string): { readonly from: Buffer; readonly before: Buffer } {
  const from = Buffer.from(prefix);
  return { from, before: Buffer.concat([from, ABOVE_UTF8]) };
}

/** The first key that can follow `key`. */
export function justAfter(key: Uint8Array): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}
