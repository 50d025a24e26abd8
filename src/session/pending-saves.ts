/** Results on their way into the store: where saving takes a round trip, the next analyses need not wait for it. */
export class PendingSaves {
  readonly #limit: number;
  readonly #underWay = new Set<Promise<void>>();
  #failed: { readonly error: unknown } | undefined;

  /** @param limit how many may be under way; 1: each is waited for. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits until there is room for another one. @throws what an earlier one failed with */
  async add(saving: Promise<void>): Promise<void> {
    if (this.#limit <= 1) return saving;
    const settled = saving
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
    if (this.#underWay.size >= this.#limit) await Promise.race(this.#underWay);
    this.#throwIfFailed();
  }

  /** Waits for all of them. @throws what one failed with */
  async drain(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#throwIfFailed();
  }

  #throwIfFailed(): void {
    if (this.#failed !== undefined) throw this.#failed.error;
  }
}
