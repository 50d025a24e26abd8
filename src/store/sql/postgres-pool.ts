import net from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type * as Pg from 'pg';
import { NoAnswer, forgetsStatements, isLost, wasRolledBack } from './postgres-errors.js';

/** With a name, the server parses and plans it once for each connection. */
export interface SqlStatement {
  readonly name?: string;
  readonly text: string;
}

/** Runs a statement and gives its rows, each an array of its columns. */
export type Query = (statement: SqlStatement, values?: readonly unknown[]) => Promise<unknown[][]>;

export interface RunOptions {
  /** Doing it twice is the same as once: it may be done again where the connection was lost. */
  readonly idempotent: boolean;
}

const MAX_ATTEMPTS = 3;
const GOODBYE_MS = 250;

/** Connections to one server. Every call ends when the server has said nothing for `timeoutMs`, whatever the state of the network. */
export class PostgresPool {
  readonly #pool: Pg.Pool;
  readonly #timeoutMs: number;
  readonly #sockets = new Set<net.Socket>();
  #statementsAreKept = true;

  constructor(
    { Pool }: Pick<typeof Pg, 'Pool'>,
    config: Pg.PoolConfig,
    { timeoutMs, maxConnections }: { readonly timeoutMs: number; readonly maxConnections: number },
  ) {
    this.#timeoutMs = timeoutMs;
    this.#pool = new Pool({
      ...config,
      max: maxConnections,
      connectionTimeoutMillis: timeoutMs,
      // The server ends what nobody waits for any more, and gives back its locks.
      statement_timeout: timeoutMs,
      idle_in_transaction_session_timeout: timeoutMs * 2,
      keepAlive: true,
      allowExitOnIdle: true,
      fallback_application_name: 'documee',
      stream: () => this.#socket(),
    });
    // Whoever uses the connection hears of it; an idle one is replaced.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** `work` on one connection, done again where that is certain to be right. */
  async run<T>(work: (query: Query) => Promise<T>, { idempotent }: RunOptions): Promise<T> {
    const watchdog = new Watchdog(this.#timeoutMs);
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#attempt(watchdog, work);
        } catch (error) {
          if (forgetsStatements(error)) this.#statementsAreKept = false;
          else if (!wasRolledBack(error) && !(idempotent && isLost(error))) throw error;
          if (attempt === MAX_ATTEMPTS || watchdog.isOver) throw error;
          // The pool hears first which other connections are gone.
          await nextTurn();
        }
      }
    } finally {
      watchdog.end();
    }
  }

  /** All that `work` does, or nothing. */
  async transaction<T>(work: (query: Query) => Promise<T>, options: RunOptions): Promise<T> {
    return this.run(async (query) => {
      await query({ text: 'BEGIN' });
      const result = await work(query);
      await query({ text: 'COMMIT' });
      return result;
    }, options);
  }

  async #attempt<T>(watchdog: Watchdog, work: (query: Query) => Promise<T>): Promise<T> {
    const connecting = this.#pool.connect();
    let client: Pg.PoolClient;
    try {
      client = await watchdog.orNoAnswer(connecting);
    } catch (error) {
      connecting.then(
        (late) => late.release(),
        () => undefined,
      );
      throw error;
    }
    try {
      const result = await watchdog.orNoAnswer(work(this.#queryOf(client, watchdog)));
      client.release();
      return result;
    } catch (error) {
      // Not used again: it may be in a transaction, or in the middle of an answer. The server rolls back.
      client.release(true);
      throw error;
    }
  }

  #queryOf(client: Pg.PoolClient, watchdog: Watchdog): Query {
    return async ({ name, text }, values = []) => {
      if (watchdog.isOver) throw new NoAnswer(this.#timeoutMs);
      try {
        const { rows } = await client.query<unknown[]>({
          ...(name !== undefined && this.#statementsAreKept ? { name } : {}),
          text,
          values: Array.from(values),
          rowMode: 'array',
        });
        watchdog.heard();
        return rows;
      } catch (error) {
        // That others were in its way, the server says only after a second: the next try has all of its time again.
        if (wasRolledBack(error)) watchdog.heard();
        throw error;
      }
    };
  }

  /** Says goodbye, which a server that is well hears at once, then hangs up. */
  async end(): Promise<void> {
    const { totalCount, idleCount } = this.#pool;
    // Calls have ended by now; one that has not is given up.
    const graceMs = totalCount > idleCount ? 0 : Math.min(GOODBYE_MS, this.#timeoutMs);
    const over = new AbortController();
    const ended = this.#pool.end().finally(() => over.abort());
    await Promise.race([ended, sleep(graceMs, undefined, { signal: over.signal }).catch(() => undefined)]);
    for (const socket of this.#sockets) socket.destroy();
    await ended;
  }

  #socket(): net.Socket {
    const socket = new net.Socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

/** Gives up when nothing was heard for a time. */
class Watchdog {
  isOver = false;
  readonly #timer: NodeJS.Timeout;
  readonly #noAnswer: Promise<never>;

  constructor(timeoutMs: number) {
    let giveUp: (error: NoAnswer) => void;
    this.#noAnswer = new Promise((_, reject) => (giveUp = reject));
    // Nobody may be waiting for it at that moment.
    this.#noAnswer.catch(() => undefined);
    this.#timer = setTimeout(() => {
      this.isOver = true;
      giveUp(new NoAnswer(timeoutMs));
    }, timeoutMs);
  }

  heard(): void {
    if (!this.isOver) this.#timer.refresh();
  }

  async orNoAnswer<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#noAnswer]);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
