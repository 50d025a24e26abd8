interface Link<V> {
  readonly key: string;
  value: V;
  /** Towards the one that was used last. */
  newer: Link<V> | undefined;
  /** Towards the one to be evicted first. */
  older: Link<V> | undefined;
}

/** A map that knows in which order its values were used, each operation in constant time. */
export class LruMap<V> {
  readonly #links = new Map<string, Link<V>>();
  #newest: Link<V> | undefined;
  #oldest: Link<V> | undefined;

  get size(): number {
    return this.#links.size;
  }

  keys(): IterableIterator<string> {
    return this.#links.keys();
  }

  /** The value, without using it. */
  peek(key: string): V | undefined {
    return this.#links.get(key)?.value;
  }

  /** The value, which is now the one that was used last. */
  use(key: string): V | undefined {
    const link = this.#links.get(key);
    if (link === undefined) return undefined;
    if (link !== this.#newest) {
      this.#unlink(link);
      this.#append(link);
    }
    return link.value;
  }

  set(key: string, value: V): void {
    const link = this.#links.get(key);
    if (link !== undefined) this.#unlink(link);
    const fresh = { key, value, newer: undefined, older: undefined };
    this.#links.set(key, fresh);
    this.#append(fresh);
  }

  delete(key: string): V | undefined {
    const link = this.#links.get(key);
    if (link === undefined) return undefined;
    this.#links.delete(key);
    this.#unlink(link);
    return link.value;
  }

  oldestKey(): string | undefined {
    return this.#oldest?.key;
  }

  #append(link: Link<V>): void {
    link.older = this.#newest;
    link.newer = undefined;
    if (this.#newest === undefined) this.#oldest = link;
    else this.#newest.newer = link;
    this.#newest = link;
  }

  #unlink({ newer, older }: Link<V>): void {
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
  }
}
