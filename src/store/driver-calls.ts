import pLimit, { type LimitFunction } from 'p-limit';
import { CacheError } from '../model/errors.js';
import type { StoreDriver } from './driver.js';
import { storeError, type StoreAction } from './store-error.js';

const WRITING: ReadonlySet<StoreAction> = new Set(['save', 'create', 'delete', 'clear', 'commit', 'sweep']);

/** Calls of a driver: as many at once and as long as it takes them, none after the end, and all errors coded. */
export class DriverCalls {
  readonly #driver: StoreDriver;
  readonly #limit: LimitFunction;
  readonly #maxBatch: number;
  #underWay = 0;
  #whenIdle: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  /** Ends what waits for something that may never come. */
  readonly #endings = new Set<(reason: TypeError) => void>();

  private constructor(driver: StoreDriver) {
    const { maxConcurrency, maxBatch } = driver.capabilities;
    this.#driver = driver;
    this.#limit = pLimit(Math.max(1, maxConcurrency));
    this.#maxBatch = Math.max(1, maxBatch);
  }

  static async open(driver: StoreDriver): Promise<DriverCalls> {
    try {
      await driver.open();
    } catch (error) {
      // What it opened before it failed must not keep the process alive; the first error is the one to tell.
      await driver.close().catch(() => undefined);
      throw coded(error, driver, 'open');
    }
    return new DriverCalls(driver);
  }

  /** @throws TypeError after `close`. */
  assertOpen(): void {
    if (this.#closing !== undefined) throw this.#closedError();
  }

  #closedError(): TypeError {
    return new TypeError(`The store ${this.#driver.description} is closed`);
  }

  /** `work` of the user, who may never end it. @throws TypeError when the store is closed before. */
  async whileOpen<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#endings.add(reject);
      work.then(resolve, reject).finally(() => this.#endings.delete(reject));
    });
  }

  async run<T>(action: StoreAction, call: (driver: StoreDriver) => Promise<T>): Promise<T> {
    this.assertOpen();
    if (WRITING.has(action) && !this.#driver.capabilities.writable) throw this.#readOnly(action);
    this.#underWay++;
    try {
      return await this.#limit(call, this.#driver);
    } catch (error) {
      throw coded(error, this.#driver, action);
    } finally {
      if (--this.#underWay === 0) this.#whenIdle?.();
    }
  }

  #readOnly(action: StoreAction): CacheError {
    return storeError('read-only', { store: this.#driver.description, action, problem: 'it was opened for reading' });
  }

  /** One answer for each batch of `items`, in order. Fails when all have ended and one has failed. */
  async runBatches<Item, T>(
    action: StoreAction,
    items: readonly Item[],
    call: (driver: StoreDriver, batch: readonly Item[]) => Promise<T>,
  ): Promise<T[]> {
    this.assertOpen();
    const batches: (readonly Item[])[] = [];
    for (let at = 0; at < items.length; at += this.#maxBatch) batches.push(items.slice(at, at + this.#maxBatch));
    const answers = await Promise.allSettled(batches.map((batch) => this.run(action, (driver) => call(driver, batch))));
    return answers.map((answer) => {
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    });
  }

  /** Keys that begin with `prefix`, page by page. */
  async *pages(prefix: string): AsyncGenerator<readonly string[], void, undefined> {
    const iterator = this.#driver.keys(prefix)[Symbol.asyncIterator]();
    let ended = false;
    try {
      for (;;) {
        const page = await this.run('list', () => iterator.next());
        ended = page.done === true;
        if (page.done === true) return;
        yield page.value;
      }
    } finally {
      if (!ended) await iterator.return?.();
    }
  }

  /** Waits for the calls under way, which end within the driver's time limit, then closes it. Any number of times. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#close();
      for (const end of this.#endings) end(this.#closedError());
    }
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    try {
      await this.#driver.close();
    } catch (error) {
      throw coded(error, this.#driver, 'close');
    }
  }
}

/** Programming mistakes stay what they are. */
function coded(error: unknown, { description }: StoreDriver, action: StoreAction): unknown {
  if (error instanceof CacheError || error instanceof TypeError) return error;
  return storeError('failed', { store: description, action, cause: error });
}
