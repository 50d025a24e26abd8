import type { BigIntStats } from 'node:fs';
import { messageOf, systemCode } from '../model/errors.js';
import type { ScanProblem, ScanProblemReason } from '../model/file-state.js';
import type { ChangeDetection } from '../model/ids.js';
import { NO_FOLLOW_READ, isNotFound, type FileSystem } from '../util/fs.js';
import type { ContentHasher } from '../util/hash.js';
import { relativePosix } from '../util/paths.js';
import { ReadBuffer, failedRead, readStable, tooLarge, type FileTuple } from '../util/read-stable.js';
import {
  HAS_HASH,
  HAS_TUPLE,
  TUPLE,
  copyColumns,
  emptyColumns,
  sameDigest,
  type EarlierPlaces,
  type FileColumns,
} from './file-columns.js';
import type { HeldFiles } from './held-files.js';
import type { Listing } from './listing.js';
import type { RacyRule } from './racy-rule.js';
import { hasStoredTuple } from './stat-assignment.js';

export interface StateReaderOptions {
  readonly fs: FileSystem;
  readonly root: string;
  readonly rootDevice: bigint;
  readonly listing: Listing;
  /** What was known before, and where in it each path is. */
  readonly earlier: FileColumns | undefined;
  readonly places: EarlierPlaces;
  readonly changeDetection: ChangeDetection;
  /** On a local file system a read that ends early ends at the end of the file. */
  readonly isLocal: boolean;
  readonly hasher: ContentHasher;
  readonly maxFileBytes: number;
  readonly isSafe: RacyRule;
  readonly problems: ScanProblem[];
  readonly held: HeldFiles;
}

const BIGINT = { bigint: true, throwIfNoEntry: false } as const;

/** Fills in the state of one path of a listing after the other. */
export class StateReader {
  readonly columns: FileColumns;
  hashedCount = 0;
  readonly #options: StateReaderOptions;
  /** Root, with a `/` at its end. */
  readonly base: string;
  readonly #buffer = new ReadBuffer();
  /** Columns began as a copy of the earlier ones. */
  readonly #isCopy: boolean;
  #realRoot: string | undefined;

  constructor(options: StateReaderOptions) {
    const { root, listing, earlier, places, hasher } = options;
    this.#options = options;
    this.base = root.endsWith('/') ? root : `${root}/`;
    this.#isCopy = earlier !== undefined && places === undefined;
    this.columns =
      this.#isCopy && earlier ? copyColumns(earlier) : emptyColumns(listing.paths.length, hasher.digestBytes);
  }

  /** True where the file was read, false where its tuple was enough. */
  checkTuple(at: number): boolean {
    const { fs, listing } = this.#options;
    const path = listing.paths[at] as string;
    // A new plain file is read in any case, and says the same of itself when it is open.
    if (this.#earlierPlace(at) < 0 && !listing.special.has(path)) {
      const read = readStable(fs, this.base + path, {
        maxBytes: this.#options.maxFileBytes,
        into: this.#buffer,
        followLinks: false,
      });
      if (read.ok) return this.#hashed(at, read.bytes, read.tuple);
    }
    let stat: BigIntStats | undefined;
    try {
      stat = fs.lstatSync(this.base + path, BIGINT);
    } catch (error) {
      return this.#failed(at, failedRead(error));
    }
    if (stat === undefined) return this.#failed(at, { reason: 'vanished', message: 'it was removed during the scan' });
    const before = this.#earlierPlace(at);
    if (before >= 0 && this.#hasTuple(before, stat)) {
      if (stat.size > this.#options.maxFileBytes)
        return this.#failed(at, tooLarge(Number(stat.size), this.#options.maxFileBytes));
      if (!this.#isCopy) this.#takeOver(at, before);
      return false;
    }
    return this.#readByType(at, stat);
  }

  /** One read of a plain file, without any stat: its bytes decide, and whatever they are is what is hashed. */
  readContent(at: number): boolean {
    const { listing, isLocal, maxFileBytes } = this.#options;
    const path = listing.paths[at] as string;
    if (isLocal && !listing.special.has(path)) {
      const length = this.#readQuickly(this.base + path);
      if (length !== undefined && length <= maxFileBytes) {
        this.#hashed(at, this.#buffer.bytes.subarray(0, length), undefined);
        return true;
      }
    }
    let stat: BigIntStats | undefined;
    try {
      stat = this.#options.fs.lstatSync(this.base + path, BIGINT);
    } catch (error) {
      return this.#failed(at, failedRead(error));
    }
    if (stat === undefined) return this.#failed(at, { reason: 'vanished', message: 'it was removed during the scan' });
    return this.#readByType(at, stat);
  }

  /** Undefined where the file is empty, does not fit, or cannot be read: then a closer look is needed. */
  #readQuickly(file: string): number | undefined {
    const { fs } = this.#options;
    const { bytes } = this.#buffer;
    try {
      const descriptor = fs.openSync(file, NO_FOLLOW_READ);
      try {
        const length = fs.readSync(descriptor, bytes, 0, bytes.length, 0);
        return length > 0 && length < bytes.length ? length : undefined;
      } finally {
        fs.closeSync(descriptor);
      }
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return undefined;
    }
  }

  #readByType(at: number, stat: BigIntStats): boolean {
    const { fs, listing, maxFileBytes } = this.#options;
    if (stat.isSymbolicLink()) return this.#readLink(at);
    if (!stat.isFile()) {
      // A folder can only have come here since the listing; the next run sees it as one.
      return stat.isDirectory() ? this.#leftOut(at) : this.#failed(at, { reason: 'not-a-file', message: NOT_A_FILE });
    }
    const file = this.base + (listing.paths[at] as string);
    const read = readStable(fs, file, { maxBytes: maxFileBytes, into: this.#buffer, followLinks: false });
    return read.ok ? this.#hashed(at, read.bytes, read.tuple) : this.#failed(at, read);
  }

  /** A link is its own path with the target's content. Never by tuple: a target that is swapped may leave the link as it was. */
  #readLink(at: number): boolean {
    const { fs, root, listing, maxFileBytes } = this.#options;
    try {
      const target = fs.realpathSync(this.base + (listing.paths[at] as string));
      this.#realRoot ??= fs.realpathSync(root);
      const stat = fs.statSync(target, BIGINT);
      if (stat?.isDirectory() === true) return this.#leftOut(at);
      if (relativePosix(this.#realRoot, target) === undefined)
        return this.#failed(at, { reason: 'link-outside-root', message: 'it is a link to a file outside of the root' });
      if (stat?.isFile() === false)
        return this.#failed(at, {
          reason: 'not-a-file',
          message: 'it is a link to something that is not a regular file',
        });
      const read = readStable(fs, target, { maxBytes: maxFileBytes, into: this.#buffer, followLinks: false });
      return read.ok ? this.#hashed(at, read.bytes, undefined) : this.#failed(at, read);
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      if (code === 'ELOOP')
        return this.#failed(at, { reason: 'link-loop', message: 'it is a link that leads back to itself' });
      const reason = isNotFound(error) ? 'dangling-link' : 'unreadable';
      return this.#failed(at, {
        reason,
        message: reason === 'unreadable' ? messageOf(error) : 'it is a link to nothing',
      });
    }
  }

  #earlierPlace(at: number): number {
    const { earlier, places } = this.#options;
    if (earlier === undefined) return -1;
    return places === undefined ? at : (places[at] as number);
  }

  /** Whether `stat` is exactly the tuple that was stored at `before`. */
  #hasTuple(before: number, stat: BigIntStats): boolean {
    const { earlier, rootDevice } = this.#options;
    return hasStoredTuple(stat, before, earlier as FileColumns) && stat.dev === rootDevice;
  }

  /** The earlier state, tuple and all. */
  #takeOver(at: number, before: number): void {
    const { earlier, hasher } = this.#options;
    const { flags, tuples, modes, digests } = earlier as FileColumns;
    this.columns.flags[at] = flags[before] as number;
    this.columns.modes[at] = modes[before] as number;
    for (let part = 0; part < TUPLE; part++)
      this.columns.tuples[at * TUPLE + part] = tuples[before * TUPLE + part] as bigint;
    digests.copy(
      this.columns.digests,
      at * hasher.digestBytes,
      before * hasher.digestBytes,
      (before + 1) * hasher.digestBytes,
    );
  }

  /** Stores the hash, and the tuple if that is safe; without a tuple, one of an earlier run that stands for this very hash. */
  #hashed(at: number, bytes: Uint8Array, tuple: FileTuple | undefined): true {
    const { hasher, isSafe, earlier } = this.#options;
    const { flags, tuples, modes, digests } = this.columns;
    this.hashedCount++;
    hasher.hashInto(bytes, digests, at * hasher.digestBytes);
    const before = this.#earlierPlace(at);
    const isKnown =
      earlier !== undefined && before >= 0 && sameDigest(earlier.digests, before, digests, at, hasher.digestBytes);
    if (
      isKnown &&
      this.#options.changeDetection === 'content' &&
      ((earlier.flags[before] as number) & HAS_TUPLE) !== 0
    ) {
      if (!this.#isCopy) this.#takeOver(at, before);
      return true;
    }
    if (!isKnown && tuple !== undefined)
      this.#options.held.hold(this.#options.listing.paths[at] as string, bytes, tuple);
    const safe = tuple !== undefined && isSafe(tuple);
    flags[at] = HAS_HASH | (safe ? HAS_TUPLE : 0);
    modes[at] = safe ? Number(tuple.mode) : 0;
    tuples[at * TUPLE] = BigInt(bytes.length);
    tuples[at * TUPLE + 1] = safe ? tuple.mtimeNs : 0n;
    tuples[at * TUPLE + 2] = safe ? tuple.ctimeNs : 0n;
    tuples[at * TUPLE + 3] = safe ? tuple.ino : 0n;
    return true;
  }

  #failed(at: number, { reason, message }: { reason: ScanProblemReason; message: string }): true {
    this.#options.problems.push({ path: this.#options.listing.paths[at] as string, reason, message });
    return this.#leftOut(at);
  }

  /** Not a source file. */
  #leftOut(at: number): true {
    const { flags, tuples, modes, digests } = this.columns;
    const { digestBytes } = this.#options.hasher;
    flags[at] = 0;
    modes[at] = 0;
    tuples.fill(0n, at * TUPLE, (at + 1) * TUPLE);
    digests.fill(0, at * digestBytes, (at + 1) * digestBytes);
    return true;
  }
}

const NOT_A_FILE = 'it is not a regular file';
