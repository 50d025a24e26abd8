import { TimeSlice } from '../../util/clock.js';

/** Long work in slices, between which others of the process get their turn. One for all calls: many short ones in a row are long work too. */
export class Slices {
  readonly #slice = new TimeSlice();

  due(): boolean {
    return this.#slice.due();
  }

  async yieldIfDue(): Promise<void> {
    if (this.#slice.due()) await this.#slice.yieldTurn();
  }

  async each<Item, T>(items: readonly Item[], work: (item: Item) => T): Promise<T[]> {
    const results: T[] = [];
    for (const item of items) {
      results.push(work(item));
      if (this.#slice.due()) await this.#slice.yieldTurn();
    }
    return results;
  }
}
