/** What one load saw: what was written meanwhile must not be promoted, or an old value would stand before a new one. */
export interface GuardedLoad {
  mayPromote(key: string): boolean;
  end(): void;
}

/** Knows which keys are written while loads are under way. */
export class WriteGuard {
  readonly #loads = new Set<{ readonly keys: Set<string>; all: boolean }>();
  readonly #writing = new Map<string, number>();
  #clearing = 0;

  startLoad(): GuardedLoad {
    const load = { keys: new Set<string>(), all: false };
    this.#loads.add(load);
    return {
      mayPromote: (key) => !load.all && this.#clearing === 0 && !load.keys.has(key) && !this.#writing.has(key),
      end: () => void this.#loads.delete(load),
    };
  }

  /** Runs `write`, which changes `keys`, or any key. */
  async during<T>(keys: readonly string[] | 'all', write: () => Promise<T>): Promise<T> {
    this.#mark(keys, 1);
    try {
      return await write();
    } finally {
      this.#mark(keys, -1);
    }
  }

  /** At the begin of a write and at its end: a load may begin in between and end after it. */
  #mark(keys: readonly string[] | 'all', step: 1 | -1): void {
    if (keys === 'all') {
      this.#clearing += step;
      for (const load of this.#loads) load.all = true;
      return;
    }
    for (const key of keys) {
      const count = (this.#writing.get(key) ?? 0) + step;
      if (count === 0) this.#writing.delete(key);
      else this.#writing.set(key, count);
      for (const load of this.#loads) load.keys.add(key);
    }
  }
}
