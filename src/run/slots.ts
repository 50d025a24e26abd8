/**
 * So many at a time; who waits for others lends its slot. First come, first served, but what somebody waits for, and who goes on, is served
 * before what has not begun: else all that is to be done would have to begin before anything could end.
 */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** @param first somebody waits for what takes it. */
  async take({ first = false } = {}): Promise<Slot> {
    await this.#acquire(first);
    return new Slot(
      () => this.#acquire(true),
      () => this.#release(),
    );
  }

  #acquire(first: boolean): Promise<void> | void {
    if (this.#free === 0)
      return new Promise((resolve) => {
        if (first) this.#waiting.unshift(resolve);
        else this.#waiting.push(resolve);
      });
    this.#free--;
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}

export class Slot {
  readonly #acquire: () => Promise<void> | void;
  readonly #release: () => void;
  /** The slot is held while this is 0. */
  #waits = 0;
  #hasEnded = false;

  constructor(acquire: () => Promise<void> | void, release: () => void) {
    this.#acquire = acquire;
    this.#release = release;
  }

  /** Lends the slot to others until there is an answer; where several are waited for, until all are there. */
  async lendDuring<T>(answer: Promise<T>): Promise<T> {
    if (this.#waits++ === 0 && !this.#hasEnded) this.#release();
    try {
      return await answer;
    } finally {
      if (this.#waits === 1 && !this.#hasEnded) {
        await this.#acquire();
        // Meanwhile the holder may have ended, or begun to wait once more.
        if (this.#isLentAgain()) this.#release();
      }
      this.#waits--;
    }
  }

  end(): void {
    this.#hasEnded = true;
    if (this.#waits === 0) this.#release();
  }

  #isLentAgain(): boolean {
    return this.#waits > 1 || this.#hasEnded;
  }
}
