import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs the transactions of one store one after the other, and knows one that is started inside another. */
export class TransactionQueue {
  #last: Promise<unknown> = Promise.resolve();
  readonly #current = new AsyncLocalStorage<{ running: boolean }>();

  /** @throws TypeError inside of a transaction of this queue, however deep. */
  async run<T>(transaction: () => Promise<T>): Promise<T> {
    if (this.#current.getStore()?.running === true)
      throw new TypeError('A transaction cannot be started inside another one: use what it was given');
    const turn = this.#last.then(() => this.#runNow(transaction));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #runNow<T>(transaction: () => Promise<T>): Promise<T> {
    const context = { running: true };
    try {
      return await this.#current.run(context, transaction);
    } finally {
      context.running = false;
      // While it is enabled, Node follows every promise of the process, which makes all of them slow.
      this.#current.disable();
    }
  }
}
