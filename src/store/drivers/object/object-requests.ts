import { setTimeout as delay } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import { CacheError, type ErrorCode } from '../../../model/errors.js';
import { storeError, type StoreAction } from '../../store-error.js';
import type { ObjectClient } from './object-client.js';

/** Tries of one request, the first included. */
const MAX_ATTEMPTS = 2;

/** How long to wait before the second try, in ms; half of it by chance, so that many clients do not come back at once. */
const RETRY_DELAY_MS = 100;

/** Where one request ends like this, those behind it would too: the whole call fails at once. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CACHE_STORE_UNAVAILABLE',
  'CACHE_STORE_DENIED',
  'CACHE_STORE_MISSING',
  'CACHE_STORE_FULL',
]);

export interface RequestSettings {
  readonly client: ObjectClient;
  readonly description: string;
  readonly secrets: readonly string[];
  readonly concurrency: number;
  readonly timeoutMs: number;
}

/** One try: its signal, and how many came before it, since those may have done what was asked for although no answer came back. */
export interface Attempt {
  readonly signal: AbortSignal;
  readonly number: number;
}

/** Sends the requests of a driver: so many at once, each again if that may help, and none longer than the time limit. */
export class Requests {
  readonly settings: RequestSettings;
  readonly limit: LimitFunction;
  readonly #calls = new Set<Call>();
  /** When any request was last answered, by `performance.now()`. */
  answeredAt = 0;

  constructor(settings: RequestSettings) {
    this.settings = settings;
    this.limit = pLimit(settings.concurrency);
  }

  /**
   * Runs `work`, whose requests go through `call.send`. It is ended when no request of the driver has been answered for the time limit: a server
   * that hangs costs a call that waits for its turn no more than the calls before it.
   */
  async run<T>(action: StoreAction, work: (call: Call) => Promise<T>): Promise<T> {
    const call = new Call(this, action);
    this.#calls.add(call);
    try {
      return await Promise.race([work(call), call.failed]);
    } finally {
      call.end();
      this.#calls.delete(call);
    }
  }

  /** Fails what is under way. */
  close(): void {
    for (const call of this.#calls) call.fail(call.error(new Error('the store was closed'), 'unavailable'));
    this.limit.clearQueue();
  }
}

/** One call of the driver's interface, with all its requests. */
export class Call {
  /** Never fulfilled; rejects when the call fails as a whole. */
  readonly failed: Promise<never>;
  readonly #requests: Requests;
  readonly #action: StoreAction;
  readonly #underWay = new Set<AbortController>();
  readonly #startedAt = performance.now();
  #reject: (reason: CacheError) => void = () => undefined;
  #failure: CacheError | undefined;
  #hasEnded = false;
  #watchdog: NodeJS.Timeout;

  constructor(requests: Requests, action: StoreAction) {
    this.#requests = requests;
    this.#action = action;
    this.failed = new Promise<never>((_resolve, reject) => (this.#reject = reject));
    this.failed.catch(() => undefined);
    this.#watchdog = this.#watchFor(requests.settings.timeoutMs);
  }

  /** One request, when its turn comes. @throws CacheError of the last try. */
  send<T>(attempt: (client: ObjectClient, attempt: Attempt) => Promise<T>): Promise<T> {
    return this.#requests.limit(() => this.#send(attempt));
  }

  /** The same for each of `items`; in their order. */
  sendEach<Item, T>(
    items: readonly Item[],
    attempt: (client: ObjectClient, item: Item, attempt: Attempt) => Promise<T>,
  ): Promise<T[]> {
    return Promise.all(items.map((item) => this.send((client, tried) => attempt(client, item, tried))));
  }

  fail(failure: CacheError): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#reject(failure);
    for (const controller of this.#underWay) controller.abort();
  }

  /** Whatever still waits for its turn is not sent. */
  end(): void {
    clearTimeout(this.#watchdog);
    this.#hasEnded = true;
    for (const controller of this.#underWay) controller.abort();
  }

  error(cause: unknown, failure = this.#requests.settings.client.failureOf(cause).failure): CacheError {
    if (cause instanceof CacheError) return cause;
    const { client, description, secrets } = this.#requests.settings;
    const { problem } = client.failureOf(cause);
    return storeError(failure, {
      store: description,
      action: this.#action,
      cause,
      secrets,
      ...(problem === undefined ? {} : { problem }),
    });
  }

  async #send<T>(attempt: (client: ObjectClient, attempt: Attempt) => Promise<T>): Promise<T> {
    const { client, timeoutMs } = this.#requests.settings;
    const deadline = performance.now() + timeoutMs;
    for (let number = 0; ; number++) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#hasEnded) throw this.error(new Error('another request of the call failed'), 'failed');
      try {
        const answer = await this.#try(attempt, number, deadline);
        this.#requests.answeredAt = performance.now();
        return answer;
      } catch (error) {
        const isTransient = !(error instanceof CacheError) && client.failureOf(error).isTransient;
        const pause = RETRY_DELAY_MS * (0.5 + Math.random() / 2);
        if (isTransient && number + 1 < MAX_ATTEMPTS && performance.now() + pause < deadline) {
          await delay(pause);
          continue;
        }
        const failure = this.error(error);
        if (HOPELESS.has(failure.code)) this.fail(failure);
        throw failure;
      }
    }
  }

  /** Ends with the signal also where the vendor's package does not. */
  async #try<T>(
    attempt: (client: ObjectClient, attempt: Attempt) => Promise<T>,
    number: number,
    deadline: number,
  ): Promise<T> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#underWay.add(controller);
    let timedOut = false;
    const timer = setTimeout(
      () => {
        timedOut = true;
        controller.abort();
      },
      Math.max(1, deadline - performance.now()),
    );
    try {
      return await new Promise<T>((resolve, reject) => {
        const onAbort = () => reject(timedOut ? this.#timeout() : (this.#failure ?? this.#timeout()));
        signal.addEventListener('abort', onAbort, { once: true });
        attempt(this.#requests.settings.client, { signal, number }).then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(controller);
    }
  }

  #timeout(): CacheError {
    const { description, timeoutMs } = this.#requests.settings;
    return storeError('unavailable', {
      store: description,
      action: this.#action,
      problem: `no answer within ${timeoutMs} ms`,
    });
  }

  #watchFor(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      const { timeoutMs } = this.#requests.settings;
      const idleMs = performance.now() - Math.max(this.#startedAt, this.#requests.answeredAt);
      if (idleMs >= timeoutMs) this.fail(this.#timeout());
      else this.#watchdog = this.#watchFor(timeoutMs - idleMs + 1);
    }, ms);
  }
}
