/**
 * The bytes of `input-cache.bin`: files that are no source files but that results depend on, with the content that their tuple stood for on
 * this machine. All of it may be lost at any time, and none of it is trusted further than its tuples are.
 */
import type { ContentHash } from '../model/ids.js';
import { sameTuple, type FileTuple } from '../util/read-stable.js';
import { TUPLE } from './file-columns.js';
import { describeOrigin, type CacheOrigin } from './scan-cache.js';
import { bigints, bytesOf, openSections, sealSections, uint32 } from './sealed-sections.js';

const MAGIC = 'docinpt1';
/** Beyond this number, files that a run did not ask for are forgotten. */
const MAX_IDLE_ENTRIES = 100_000;

interface Entry {
  readonly tuple: FileTuple;
  readonly hash: ContentHash;
}

/** Contents by path, for as long as a file has the tuple that it was read with. Only safe tuples may be learned. */
export class InputCache {
  readonly #origin: CacheOrigin;
  readonly #earlier: ReadonlyMap<string, Entry>;
  readonly #now = new Map<string, Entry>();
  #hasLearned = false;

  /** @param bytes what `encode` gave on this machine; anything else counts as empty. */
  constructor(bytes: Uint8Array | undefined, origin: CacheOrigin) {
    this.#origin = origin;
    this.#earlier = (bytes && decode(bytes, origin)) ?? new Map<string, Entry>();
  }

  /** The content that `path` has if its tuple is `tuple`. */
  find(path: string, tuple: FileTuple): ContentHash | undefined {
    const known = this.#now.get(path) ?? this.#earlier.get(path);
    if (known === undefined || !sameTuple(known.tuple, tuple)) return undefined;
    this.#now.set(path, known);
    return known.hash;
  }

  learn(path: string, tuple: FileTuple, hash: ContentHash): void {
    this.#now.set(path, { tuple, hash });
    this.#hasLearned = true;
  }

  /** Undefined where nothing new was learned. */
  encode(): Uint8Array | undefined {
    if (!this.#hasLearned) return undefined;
    const idle = this.#earlier.size + this.#now.size <= MAX_IDLE_ENTRIES ? this.#earlier : [];
    const entries = [...new Map([...idle, ...this.#now])].filter(([path]) => path.isWellFormed());
    const tuples = entries.flatMap(([, { tuple }]) => [tuple.size, tuple.mtimeNs, tuple.ctimeNs, tuple.ino]);
    return sealSections(MAGIC, { origin: describeOrigin(this.#origin), count: entries.length }, [
      bytesOf(BigInt64Array.from(tuples)),
      bytesOf(Uint32Array.from(entries, ([, { tuple }]) => Number(tuple.mode))),
      Buffer.from(entries.map(([, { hash }]) => hash.slice(hash.indexOf(':') + 1)).join(''), 'hex'),
      Buffer.from(entries.map(([path]) => path).join('\0')),
    ]);
  }
}

/** Undefined for anything but what was made here, for this folder and content hash. */
function decode(bytes: Uint8Array, origin: CacheOrigin): Map<string, Entry> | undefined {
  const opened = openSections(MAGIC, bytes);
  if (opened?.header['origin'] !== describeOrigin(origin) || opened.sections.length !== 4) return undefined;
  const [tuples, modes, digests, names] = opened.sections as [Buffer, Buffer, Buffer, Buffer];
  const digestBytes = origin.algorithm === 'xxh64' ? 8 : 32;
  const paths = names.toString().split('\0');
  const count = opened.header['count'];
  if (count !== paths.length || tuples.length !== count * TUPLE * 8) return undefined;
  if (modes.length !== count * 4 || digests.length !== count * digestBytes) return undefined;
  const [numbers, modeNumbers] = [bigints(tuples), uint32(modes)];
  const entries = new Map<string, Entry>();
  paths.forEach((path, at) => {
    const [size = 0n, mtimeNs = 0n, ctimeNs = 0n, ino = 0n] = numbers.subarray(at * TUPLE, (at + 1) * TUPLE);
    // Only files on the device of the root are learned.
    const tuple = { size, mtimeNs, ctimeNs, ino, dev: origin.device, mode: BigInt(modeNumbers[at] as number) };
    const digest = digests.toString('hex', at * digestBytes, (at + 1) * digestBytes);
    entries.set(path, { tuple, hash: `${origin.algorithm}:${digest}` as ContentHash });
  });
  return entries;
}
