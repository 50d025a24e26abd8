import path from 'node:path';
import type { AnalyzeOptions } from '../analyze-codebase.js';
import { messageOf, systemCode } from '../model/errors.js';
import { isLocal } from '../scan/racy-rule.js';
import { DEFAULT_BASE_PATH } from '../session/default-store.js';
import type { FileSystem } from '../util/fs.js';
import { relativePosix } from '../util/paths.js';
import type { RoundTrigger } from './round-trigger.js';
import type { OpenTreeWatch, TreeWatch } from './tree-watch.js';
import { watchedPaths } from './watched-paths.js';

/** The root folder, which may go and come back, and the watch on it. */
export class WatchedRoot {
  readonly #options: AnalyzeOptions;
  readonly #fs: FileSystem;
  readonly #trigger: RoundTrigger;
  readonly #open: OpenTreeWatch;
  #watch: TreeWatch | undefined;
  #identity: string | undefined;
  /** Why there are no events. */
  limit: string | undefined;
  isMissing = false;

  constructor(options: AnalyzeOptions, fs: FileSystem, trigger: RoundTrigger, open: OpenTreeWatch) {
    this.#options = options;
    this.#fs = fs;
    this.#trigger = trigger;
    this.#open = open;
  }

  /** What happens from now on is told, or `limit` says why not. */
  async refresh(): Promise<void> {
    const found = this.#find();
    if (found?.identity !== this.#identity) this.#drop();
    this.#identity = found?.identity;
    this.isMissing = found === undefined;
    // Once refused, it stays with looking: trying again would take the watches that other programs need.
    if (found === undefined || this.limit !== undefined) return;
    if (!isLocal(this.#fs, found.root)) {
      // Neither can that of a root which vanished just now: the next look says so.
      if (this.#find() !== undefined) this.limit = 'other machines may change this file system';
      return;
    }
    this.#watch ??= this.#openAt(found.root);
    const refusal = this.#watch === undefined ? 'this system has no such events' : await this.#watch.refresh();
    if (refusal === undefined) return;
    this.limit = messageOf(refusal);
    this.#drop();
  }

  distrust(): void {
    this.#watch?.distrust();
  }

  close(): void {
    this.#drop();
  }

  #drop(): void {
    this.#watch?.close();
    this.#watch = undefined;
  }

  #openAt(root: string): TreeWatch | undefined {
    const { basePath, manager } = this.#options;
    const cache = manager?.basePath ?? path.resolve(root, basePath ?? DEFAULT_BASE_PATH);
    const below = relativePosix(root, cache);
    return this.#open({
      ...{ fs: this.#fs, root, paths: watchedPaths(below === undefined ? [] : [below]) },
      onHint: (place) => this.#trigger.hint(place),
      onLoss: () => {
        this.distrust();
        this.#trigger.force('loss');
      },
    });
  }

  /** Another folder of the same name is not the one that is watched. */
  #find(): { readonly root: string; readonly identity: string } | undefined {
    try {
      const root = this.#fs.realpathSync(path.resolve(this.#options.root));
      const stat = this.#fs.statSync(root, { bigint: true });
      return stat.isDirectory() ? { root, identity: `${root} ${stat.dev} ${stat.ino} ${stat.birthtimeNs}` } : undefined;
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return undefined;
    }
  }
}
