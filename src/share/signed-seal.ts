/**
 * The end of a shared record: `digest`, the SHA-256 of the exact bytes before its line, and after it `signature`. Either form of the end has one
 * spelling only, so that no byte of it can be changed unnoticed.
 */
import { sha256Digest } from '../util/hash.js';

export interface SealSignature {
  /** 16 hex digits. */
  readonly keyId: string;
  /** The 64 bytes of Ed25519. */
  readonly value: Buffer;
}

export type OpenedSeal =
  | {
      readonly ok: true;
      /** `sha256:…`, compared with the content. */
      readonly digest: string;
      /** Not yet verified; null: there is none. */
      readonly signature: SealSignature | null;
    }
  | { readonly ok: false; readonly problem: string };

const DIGEST_START = '  "digest": "';
const UNSIGNED_END = '",\n  "signature": null\n}\n';
const DIGEST_LENGTH = 'sha256:'.length + 64;
const UNSIGNED_BYTES = DIGEST_START.length + DIGEST_LENGTH + UNSIGNED_END.length;
const SIGNED_BYTES = signedEnd(`sha256:${'0'.repeat(64)}`, '0'.repeat(16), Buffer.alloc(64)).length;
const UNSIGNED = /^ {2}"digest": "(sha256:[0-9a-f]{64})",\n {2}"signature": null\n\}\n$/;
const SIGNED =
  /^ {2}"digest": "(sha256:[0-9a-f]{64})",\n {2}"signature": \{ "algorithm": "ed25519", "keyId": "([0-9a-f]{16})", "value": "([A-Za-z0-9+/]{86}==)" \}\n\}\n$/;

/** `body` is JSON up to and including the comma and the newline after the last property before `digest`. */
export function sealSigned(body: string, sign: ((digest: string) => SealSignature) | undefined): Buffer {
  const digest = sha256Digest(body);
  if (sign === undefined) return Buffer.from(body + DIGEST_START + digest + UNSIGNED_END);
  const { keyId, value } = sign(digest);
  return Buffer.from(body + signedEnd(digest, keyId, value));
}

function signedEnd(digest: string, keyId: string, value: Buffer): string {
  const signature = `{ "algorithm": "ed25519", "keyId": "${keyId}", "value": "${value.toString('base64')}" }`;
  return `${DIGEST_START}${digest}",\n  "signature": ${signature}\n}\n`;
}

/** What stands at the end of `bytes`, if its digest is that of what comes before. */
export function openSeal(bytes: Buffer): OpenedSeal {
  const end = endOf(bytes);
  if (end === undefined) return { ok: false, problem: 'it has no digest and signature at its end (cut off?)' };
  const { start, digest, signature } = end;
  if (sha256Digest(bytes.subarray(0, start)) !== digest)
    return { ok: false, problem: 'its digest does not match its content' };
  return { ok: true, digest, signature };
}

function endOf(
  bytes: Buffer,
): { readonly start: number; readonly digest: string; readonly signature: SealSignature | null } | undefined {
  const unsigned = UNSIGNED.exec(tail(bytes, UNSIGNED_BYTES));
  if (unsigned?.[1] !== undefined)
    return { start: bytes.length - UNSIGNED_BYTES, digest: unsigned[1], signature: null };
  const [, digest, keyId, text] = SIGNED.exec(tail(bytes, SIGNED_BYTES)) ?? [];
  if (digest === undefined || keyId === undefined || text === undefined) return undefined;
  const value = Buffer.from(text, 'base64');
  // The last digit of Base64 has bits to spare: the same signature must not have several spellings.
  if (value.toString('base64') !== text) return undefined;
  return { start: bytes.length - SIGNED_BYTES, digest, signature: { keyId, value } };
}

const tail = (bytes: Buffer, length: number): string =>
  bytes.length < length ? '' : bytes.toString('latin1', bytes.length - length);
