/**
 * JSON that a person can read and that proves itself: the last property is `digest`, on a line of its own, and it is the SHA-256 of
 * the exact bytes before that line. Any later edit, a reformatting included, makes the document unusable (`docs/formats.md`).
 */
import { sha256Hex } from '../util/hash.js';

const SEAL_START = '  "digest": "sha256:';
const SEAL_END = '"\n}\n';
const HEX_DIGITS = 64;
const SEAL_BYTES = SEAL_START.length + HEX_DIGITS + SEAL_END.length;

/** `body` is pretty-printed JSON up to and including the comma and the newline after its last property. */
export function sealText(body: string): Buffer {
  return Buffer.from(body + SEAL_START + sha256Hex(body) + SEAL_END);
}

/** The same for a body in several pieces, without making one string of them. */
export function sealBytes(pieces: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(pieces, pieces.reduce((sum, piece) => sum + piece.length, 0) + SEAL_BYTES);
  const end = body.length - SEAL_BYTES;
  body.write(SEAL_START + sha256Hex(body.subarray(0, end)) + SEAL_END, end, 'latin1');
  return body;
}

/** Pretty-printed JSON of `document` with its seal. */
export function sealDocument(document: Readonly<Record<string, unknown>>): Buffer {
  const text = JSON.stringify(document, null, 2);
  return sealText(text === '{}' ? '{\n' : `${text.slice(0, -2)},\n`);
}

/** The digest in the seal of `bytes` that were just sealed. */
export function sealDigest(bytes: Buffer): string {
  const start = bytes.length - SEAL_END.length - HEX_DIGITS;
  return `sha256:${bytes.toString('latin1', start, start + HEX_DIGITS)}`;
}

export type SealCheck =
  { readonly ok: true; readonly digest: string } | { readonly ok: false; readonly problem: string };

/** Whether `bytes` end in the seal of what comes before it; the digest in the form `sha256:…`. */
export function checkSeal(bytes: Buffer): SealCheck {
  if (bytes.length === 0) return { ok: false, problem: 'the file is empty' };
  const start = bytes.length - SEAL_BYTES;
  const seal = start < 0 ? '' : bytes.toString('latin1', start);
  if (!seal.startsWith(SEAL_START) || !seal.endsWith(SEAL_END))
    return { ok: false, problem: 'it has no digest at its end (cut off?)' };
  const found = sha256Hex(bytes.subarray(0, start));
  const expected = seal.slice(SEAL_START.length, SEAL_START.length + HEX_DIGITS);
  if (found !== expected) return { ok: false, problem: 'its digest does not match its content' };
  return { ok: true, digest: `sha256:${found}` };
}
