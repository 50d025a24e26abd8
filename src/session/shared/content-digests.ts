import { messageOf, CacheError } from '../../model/errors.js';
import type { ContentHash } from '../../model/ids.js';
import { observeFile, type ObserveOptions } from '../../scan/observe.js';
import { sha256Digest } from '../../util/hash.js';

/** SHA-256 of the contents that a run knows by the hash of this machine; each is read at most once. */
export class ContentDigests {
  readonly #options: ObserveOptions;
  readonly #known = new Map<string, ContentHash>();

  constructor(options: ObserveOptions) {
    this.#options = options;
  }

  /**
   * `sha256:…` of the file at `path`, whose content has `hash`.
   * @throws CacheError CACHE_UNREADABLE where that content is not there any more.
   */
  of(path: string, hash: ContentHash): ContentHash {
    if (hash.startsWith('sha256:')) return hash;
    const name = `${hash} ${path}`;
    let digest = this.#known.get(name);
    if (digest === undefined) this.#known.set(name, (digest = this.#read(path, hash)));
    return digest;
  }

  /** The same, or undefined where that content is not there any more. */
  find(path: string, hash: ContentHash): ContentHash | undefined {
    try {
      return this.of(path, hash);
    } catch (error) {
      if (error instanceof CacheError) return undefined;
      throw error;
    }
  }

  #read(path: string, hash: ContentHash): ContentHash {
    let problem = 'has another content';
    try {
      const seen = observeFile(path, this.#options);
      if (seen.kind === 'file' && seen.hash === hash) return sha256Digest(seen.bytes) as ContentHash;
    } catch (error) {
      problem = messageOf(error);
    }
    throw new CacheError('CACHE_UNREADABLE', `${path} changed during the run (${problem}); nothing of it is shared.`, {
      path,
    });
  }
}
