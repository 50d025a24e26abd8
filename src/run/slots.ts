/** So many at a time; who waits for others lends its slot. First come, first served. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<Slot> {
    await this.#acquire();
    return new Slot(
      () => this.#acquire(),
      () => this.#release(),
    );
  }

  #acquire(): Promise<void> | void {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
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
