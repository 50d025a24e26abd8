import crypto from 'node:crypto';
import xxhash, { type XXHashAPI } from 'xxhash-wasm';
import type { ContentHash, ContentHashAlgorithm } from '../model/ids.js';

/** xxhash-wasm grows its memory for good to the largest one-shot input; longer ones are streamed in pieces of this size. */
const ONE_SHOT_LIMIT_BYTES = 4 * 1024 * 1024;

let loading: Promise<XXHashAPI> | undefined;

/** Hashes raw bytes, synchronously once it was made. */
export interface ContentHasher {
  readonly algorithm: ContentHashAlgorithm;
  /** Digest length: 8 bytes (xxh64) or 32 (sha256). */
  readonly digestBytes: number;
  hash(bytes: Uint8Array): ContentHash;
  /** Writes the digest into `target` at `offset`, big-endian, so that its hex digits are those of `hash`. */
  hashInto(bytes: Uint8Array, target: Buffer, offset: number): void;
}

/** A hasher of file contents. The WebAssembly module is loaded once for each process. */
export async function contentHasher(algorithm: ContentHashAlgorithm): Promise<ContentHasher> {
  if (algorithm === 'sha256') return SHA256_HASHER;
  loading ??= xxhash();
  return xxh64Hasher(await loading);
}

const SHA256_HASHER: ContentHasher = {
  algorithm: 'sha256',
  digestBytes: 32,
  hash: (bytes) => sha256Digest(bytes) as ContentHash,
  hashInto(bytes, target, offset) {
    target.write(sha256Hex(bytes), offset, 'hex');
  },
};

function xxh64Hasher(api: XXHashAPI): ContentHasher {
  const digest = (bytes: Uint8Array): bigint => {
    if (bytes.length <= ONE_SHOT_LIMIT_BYTES) return api.h64Raw(bytes);
    const stream = api.create64();
    for (let at = 0; at < bytes.length; at += ONE_SHOT_LIMIT_BYTES)
      stream.update(bytes.subarray(at, at + ONE_SHOT_LIMIT_BYTES));
    return stream.digest();
  };
  return {
    algorithm: 'xxh64',
    digestBytes: 8,
    hash: (bytes) => `xxh64:${digest(bytes).toString(16).padStart(16, '0')}` as ContentHash,
    hashInto(bytes, target, offset) {
      target.writeBigUInt64BE(digest(bytes), offset);
    },
  };
}

/** SHA-256 as documents name it: `sha256:` + 64 hex digits. */
export const sha256Digest = (data: string | Uint8Array): string => `sha256:${sha256Hex(data)}`;

/** 64 hex digits of SHA-256. */
export function sha256Hex(data: string | Uint8Array): string {
  return crypto.hash('sha256', data, 'hex');
}
