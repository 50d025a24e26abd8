import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { CacheError } from '../model/errors.js';

export const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;
export type CompressionName = (typeof COMPRESSIONS)[number];

/** From this length on, in bytes, work is done in a thread of Node: below, handing it over costs more than the work. */
const THREAD_FROM_BYTES = 256 * 1024;

interface Compressor {
  compressNow(raw: Uint8Array): Buffer;
  compress(raw: Uint8Array): Promise<Buffer>;
  /** Throws where there is more than `maxOutputLength`, before it has taken more memory than that. */
  decompressNow(payload: Uint8Array, options: { maxOutputLength: number }): Buffer;
  decompress(payload: Uint8Array, options: { maxOutputLength: number }): Promise<Buffer>;
}

/** The fastest level: what is stored is small, and reading costs the same at each. */
const GZIP_OPTIONS = { level: 1 };

const gzipInThread = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip);
const gunzipInThread = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gunzip);

const gzip: Compressor = {
  compressNow: (raw) => zlib.gzipSync(raw, GZIP_OPTIONS),
  compress: (raw) => gzipInThread(raw, GZIP_OPTIONS),
  decompressNow: (payload, options) => zlib.gunzipSync(payload, options),
  decompress: (payload, options) => gunzipInThread(payload, options),
};

type Callback = (error: Error | null, result: Buffer) => void;

/** What Node has from 22.15 on; the types of the oldest Node that we run on do not know it. */
interface ZstdFunctions {
  readonly zstdCompress: (raw: Uint8Array, options: object, done: Callback) => void;
  readonly zstdCompressSync: (raw: Uint8Array) => Buffer;
  readonly zstdDecompress: (payload: Uint8Array, options: object, done: Callback) => void;
  readonly zstdDecompressSync: (payload: Uint8Array, options: object) => Buffer;
}

function findZstd(): Compressor | undefined {
  const functions = zlib as unknown as Partial<ZstdFunctions>;
  if (functions.zstdCompress === undefined) return undefined;
  const { zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } = functions as ZstdFunctions;
  const compress = promisify<Uint8Array, object, Buffer>(zstdCompress);
  return {
    compressNow: (raw) => zstdCompressSync(raw),
    compress: (raw) => compress(raw, {}),
    decompressNow: (payload, options) => zstdDecompressSync(payload, options),
    decompress: promisify<Uint8Array, object, Buffer>(zstdDecompress),
  };
}

const COMPRESSORS: Readonly<Record<Exclude<CompressionName, 'none'>, Compressor | undefined>> = {
  gzip,
  zstd: findZstd(),
};

/** Whether this Node can compress and read it. */
export function isCompressionAvailable(name: CompressionName): boolean {
  return name === 'none' || COMPRESSORS[name] !== undefined;
}

/**
 * `raw` compressed.
 * @throws CacheError CACHE_BAD_STORE where this Node cannot.
 */
export async function compress(name: CompressionName, raw: Buffer): Promise<Buffer> {
  if (name === 'none') return raw;
  const compressor = compressorFor(name);
  return raw.length < THREAD_FROM_BYTES ? compressor.compressNow(raw) : compressor.compress(raw);
}

/**
 * What `payload` was made of, if that has at most `maxRawBytes`.
 * @throws CacheError CACHE_BAD_STORE where this Node cannot read it; the error of zlib where it is damaged or longer.
 */
export async function decompress(name: CompressionName, payload: Buffer, maxRawBytes: number): Promise<Buffer> {
  if (name === 'none') return payload;
  const compressor = compressorFor(name);
  const options = { maxOutputLength: Math.max(1, maxRawBytes) };
  return maxRawBytes < THREAD_FROM_BYTES
    ? compressor.decompressNow(payload, options)
    : compressor.decompress(payload, options);
}

function compressorFor(name: Exclude<CompressionName, 'none'>): Compressor {
  const compressor = COMPRESSORS[name];
  if (compressor !== undefined) return compressor;
  throw new CacheError(
    'CACHE_BAD_STORE',
    `Compression ${name} needs Node 22.15 or later, and this is ${process.version}. Use gzip, or a later Node.`,
    { compression: name },
  );
}
