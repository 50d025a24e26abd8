/**
 * Arrays of bytea in the binary format of PostgreSQL: as text, every byte would take two, and its escapes another pass. A Buffer that is a parameter
 * is sent as it is. Source: array_recv in the source of PostgreSQL, arrayfuncs.c.
 */
const BYTEA_OID = 17;
const HEADER_BYTES = 20;

/** Of at least one. */
export function byteaArray(items: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [header(items.length)];
  for (const item of items) {
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(item.byteLength);
    parts.push(length, item);
  }
  return Buffer.concat(parts);
}

/** Dimensions, whether there are nulls, type of the elements; length and first index of the dimension. */
function header(length: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(BYTEA_OID, 8);
  bytes.writeInt32BE(length, 12);
  bytes.writeInt32BE(1, 16);
  return bytes;
}

export const keyArray = (keys: readonly string[]): Buffer => byteaArray(keys.map((key) => Buffer.from(key)));
