import type { InputDependency } from '../model/dependency.js';
import { systemCode } from '../model/errors.js';
import type { ContentHash } from '../model/ids.js';
import { isDependencyPath } from '../util/dependency-path.js';
import { sameTuple } from '../util/read-stable.js';
import { InputCache } from './input-cache.js';
import { KnownFolders } from './known-folders.js';
import { followedStat, hashOfVariable, observeFile, observeFolder, placeOf, type ObserveOptions } from './observe.js';
import type { ScanResult } from './scan.js';
import { ScannedHashes } from './scanned-hashes.js';
import type { SeenTree } from './seen-tree.js';

/** The state of every input of a run, asked many times. What is no source file is looked at when it is first asked for, once for the run. */
export interface InputStates {
  /** Whether `dependency` would be seen again now; false where that cannot be seen. */
  isCurrent(dependency: InputDependency): boolean;
  /**
   * True: it certainly is what it was when the run that saved the scan cache ended, given that it held then. Undefined: it has to be looked at.
   * Only for dependencies of the analysis that the scan's `delta` names.
   */
  heldSinceLastRun(dependency: InputDependency): true | undefined;
  /** The folder that cannot have the same names where `dependency` is another; undefined where none vouches for it. The root is '.'. */
  voucherOf(dependency: InputDependency): string | undefined;
  /** No folder of the tree changed since the run that saved the scan cache: all that is vouched for holds. */
  readonly isTreeUntouched: boolean;
  /** `folder` certainly has the names that it had when the run that saved the scan cache ended. */
  isFolderUntouched(folder: string): boolean;
  /** The same as it would be recorded now, to be shown: what cannot be seen counts as something that is no file and no folder. */
  current(dependency: InputDependency): InputDependency;
  /** Whether `path` is a source file of this run, whose state the scan knows. */
  isScanned(path: string): boolean;
  /** The same as `isCurrent` by the disk as it is at this moment, for checks after a tool ran. */
  isStillCurrent(dependency: InputDependency): boolean;
  /** Bytes to give to the next run as `cache`, or undefined where they would say nothing new. */
  encodeCache(): Uint8Array | undefined;
}

export interface InputStatesOptions extends ObserveOptions {
  readonly scanned: Pick<ScanResult, 'files' | 'seen'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What an earlier run's `encodeCache` gave; not trusted. */
  readonly cache: Uint8Array | undefined;
}

/** What is at a path. `null` is something that is no regular file, or no folder. */
type Content = { readonly hash: ContentHash | null } | 'absent' | 'unseen';
type Names = { readonly hash: string | null } | 'absent' | 'unseen';
type Place = 'folder' | 'something' | 'absent' | 'unseen';

export function openInputStates(options: InputStatesOptions): InputStates {
  return new RunInputs(options);
}

class RunInputs implements InputStates {
  readonly #options: InputStatesOptions;
  readonly #seen: SeenTree;
  readonly #hashes: ScannedHashes;
  readonly #known: KnownFolders;
  readonly #cache: InputCache;
  readonly #contents = new Map<string, Content>();
  readonly #places = new Map<string, Place>();
  readonly #names = new Map<string, Names>();
  readonly #variables = new Map<string, string | null>();

  constructor(options: InputStatesOptions) {
    this.#options = options;
    this.#seen = options.scanned.seen;
    this.#hashes = new ScannedHashes(options.scanned.files);
    this.#known = new KnownFolders(this.#seen);
    this.#cache = new InputCache(this.#seen.usesTuples ? options.cache : undefined, this.#seen.origin);
  }

  isScanned(path: string): boolean {
    return this.#hashes.has(path);
  }

  isCurrent(dependency: InputDependency): boolean {
    if (dependency.kind === 'content') return hasHash(this.#content(dependency.path), dependency.hash);
    if (dependency.kind === 'listing') return hasHash(this.#namesIn(dependency.path), dependency.hash);
    if (dependency.kind === 'env') return this.#variable(dependency.name) === dependency.hash;
    return isAsExpected(this.#place(dependency.path), dependency.kind);
  }

  get isTreeUntouched(): boolean {
    return this.#seen.usesTuples && this.#seen.isUntouched;
  }

  isFolderUntouched(folder: string): boolean {
    return this.#seen.usesTuples && this.#known.hasSameNames(folder);
  }

  voucherOf(dependency: InputDependency): string | undefined {
    if (dependency.kind === 'listing')
      return dependency.hash === null ? undefined : this.#known.voucherOfNames(dependency.path);
    if (dependency.kind === 'absent' || dependency.kind === 'exists')
      return isDependencyPath(dependency.path) ? this.#known.voucherOfPresence(dependency.path) : undefined;
    return undefined;
  }

  heldSinceLastRun(dependency: InputDependency): true | undefined {
    return this.#heldSince(dependency) ? true : undefined;
  }

  #heldSince(dependency: InputDependency): boolean {
    switch (dependency.kind) {
      case 'env':
        return false;
      case 'content':
        return dependency.hash !== null && this.#hashes.get(dependency.path) === dependency.hash;
      case 'listing':
        return dependency.hash !== null && this.#known.hasSameNames(dependency.path);
      case 'exists':
        return this.#known.hasSamePresence(dependency.path);
      case 'absent':
        return this.#known.hasSamePresence(dependency.path) || this.#known.lacksFolderOf(dependency.path);
    }
  }

  current(dependency: InputDependency): InputDependency {
    if (dependency.kind === 'env') return { kind: 'env', name: dependency.name, hash: this.#variable(dependency.name) };
    const { kind, path } = dependency;
    if (kind === 'absent' || kind === 'exists')
      return { kind: this.#place(path) === 'absent' ? 'absent' : 'exists', path };
    if (kind === 'content') {
      const content = this.#content(path);
      if (content === 'absent') return { kind: 'absent', path };
      return { kind, path, hash: content === 'unseen' ? null : content.hash };
    }
    const names = this.#namesIn(path);
    if (names === 'absent') return { kind: 'absent', path };
    return { kind, path, hash: names === 'unseen' ? null : names.hash };
  }

  isStillCurrent(dependency: InputDependency): boolean {
    if (dependency.kind === 'env') return this.#lookAtVariable(dependency.name) === dependency.hash;
    if (!isDependencyPath(dependency.path)) return false;
    if (dependency.kind === 'content') return hasHash(this.#lookAtContent(dependency.path), dependency.hash);
    if (dependency.kind === 'listing') return hasHash(this.#lookAtNames(dependency.path), dependency.hash);
    return isAsExpected(this.#lookAtPlace(dependency.path), dependency.kind);
  }

  encodeCache(): Uint8Array | undefined {
    return this.#seen.usesTuples ? this.#cache.encode() : undefined;
  }

  #content(path: string): Content {
    const hash = this.#hashes.get(path);
    if (hash !== undefined) return { hash };
    return remembered(this.#contents, path, () => {
      if (!isDependencyPath(path)) return 'unseen';
      if (this.#places.get(path) === 'absent' || this.#known.lacksFolderOf(path)) return 'absent';
      return this.#lookAtContent(path);
    });
  }

  #namesIn(path: string): Names {
    return remembered(this.#names, path, () => (isDependencyPath(path) ? this.#lookAtNames(path) : 'unseen'));
  }

  #place(path: string): Place {
    return remembered(this.#places, path, () => {
      if (this.#hashes.has(path)) return 'something';
      if (!isDependencyPath(path)) return 'unseen';
      if (this.#known.isFolder(path)) return 'folder';
      if (this.#known.lacksFolderOf(path)) return 'absent';
      return this.#isBelowNothing(path) ? 'absent' : this.#lookAtPlace(path);
    });
  }

  /** Many paths may be below one folder that is not there: each folder is looked at once. */
  #isBelowNothing(path: string): boolean {
    return this.#known.foldersAbove(path).some((folder) => {
      const place = remembered(this.#places, folder, () =>
        this.#hashes.has(folder) ? 'something' : this.#lookAtPlace(folder),
      );
      return place === 'absent' || place === 'something';
    });
  }

  #variable(name: string): string | null {
    return remembered(this.#variables, name, () => this.#lookAtVariable(name));
  }

  #lookAtVariable(name: string): string | null {
    const { environment } = this.#options;
    return hashOfVariable(Object.hasOwn(environment, name) ? environment[name] : undefined);
  }

  #lookAtContent(path: string): Content {
    const { fs, root, maxFileBytes } = this.#options;
    return unlessUnseen(() => {
      const stat = followedStat(fs, placeOf(root, path));
      if (stat === undefined) return 'absent';
      if (!stat.isFile() || stat.size > maxFileBytes) return { hash: null };
      const scanned = this.#hashes.get(path);
      const tuple = scanned === undefined ? undefined : this.#seen.tupleOf(path);
      if (scanned !== undefined && tuple !== undefined && sameTuple(tuple, stat)) return { hash: scanned };
      const known = this.#cache.find(path, stat);
      if (known !== undefined) return { hash: known };
      const file = observeFile(path, this.#options);
      if (file.kind !== 'file') return file.kind === 'absent' ? 'absent' : { hash: null };
      if (this.#seen.usesTuples && this.#seen.isSafe(file.tuple)) this.#cache.learn(path, file.tuple, file.hash);
      return { hash: file.hash };
    });
  }

  #lookAtNames(path: string): Names {
    return unlessUnseen(() => {
      const folder = observeFolder(path, this.#options);
      if (folder === 'absent') return 'absent';
      return { hash: folder === 'other' ? null : folder.hash };
    });
  }

  #lookAtPlace(path: string): Place {
    const { fs, root } = this.#options;
    return unlessUnseen(() => {
      const stat = followedStat(fs, placeOf(root, path));
      if (stat === undefined) return 'absent';
      return stat.isDirectory() ? 'folder' : 'something';
    });
  }
}

function hasHash(state: Content | Names, hash: string | null): boolean {
  return typeof state === 'object' && state.hash === hash;
}

function isAsExpected(place: Place, kind: 'absent' | 'exists'): boolean {
  return kind === 'absent' ? place === 'absent' : place === 'folder' || place === 'something';
}

function remembered<V>(memory: Map<string, V>, name: string, look: () => V): V {
  const known = memory.get(name);
  if (known !== undefined) return known;
  const value = look();
  memory.set(name, value);
  return value;
}

function unlessUnseen<T>(look: () => T): T | 'unseen' {
  try {
    return look();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return 'unseen';
  }
}
