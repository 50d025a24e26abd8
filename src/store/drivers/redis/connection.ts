import type * as RedisPackage from '@redis/client';
import type { ErrorReply } from '@redis/client';
import type { RedisCredentials, RedisNode } from './settings.js';

/** The part of `@redis/client` that is used. */
export type Redis = typeof RedisPackage;
export type RedisCommand = readonly (string | Buffer)[];
export type RedisReply = Buffer | string | number | null | ErrorReply | readonly RedisReply[];

/** Nothing can be told of what was asked: there is no connection, or it ended before the answer. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  /** Whether commands were on their way, so that the server may have done them. */
  readonly wasSent: boolean;

  constructor(problem: string, { wasSent, cause }: { readonly wasSent: boolean; readonly cause?: unknown }) {
    super(problem, { cause });
    this.wasSent = wasSent;
  }
}

export interface ConnectionOptions {
  readonly redis: Redis;
  readonly node: RedisNode;
  readonly credentials: RedisCredentials;
  readonly database: number;
  /** Options of TLS sockets; undefined: no TLS. */
  readonly tls: object | undefined;
  /** Ends a connection that is being made. */
  readonly signal?: AbortSignal;
}

/** When a call has to have ended, by `performance.now()`. */
export type Deadline = number;

/**
 * One connection to one server, which is never mended: whatever goes wrong with it, a time limit that has passed included, ends it for good, so
 * that a late answer is nobody's. It does not keep the process alive by itself; calls under way do.
 */
export class RedisConnection {
  readonly node: RedisNode;
  readonly #redis: Redis;
  readonly #client: ReturnType<typeof makeClient>;
  #lostBy: Error | undefined;
  /** TCP, and TLS where there is any, are agreed on. */
  #isGreeted = false;

  private constructor(options: ConnectionOptions) {
    this.node = options.node;
    this.#redis = options.redis;
    this.#client = makeClient(options);
    // The first error says why; those after it come of ending the client. Without a listener they would end the process.
    this.#client.on('error', (error: Error) => this.drop(error));
    this.#client.on('end', () => this.drop(new Error('the connection was closed')));
  }

  /** @throws ErrorReply where the server refuses; ConnectionLostError for everything else. */
  static async connect(options: ConnectionOptions, deadline: Deadline): Promise<RedisConnection> {
    const connection = new RedisConnection(options);
    connection.#client.on('connect', () => (connection.#isGreeted = true));
    connection.#client.unref();
    const { signal } = options;
    let end = (): void => undefined;
    const ended = new Promise<never>((_resolve, reject) => (end = () => reject(new Error('the store was closed'))));
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted === true) end();
    try {
      await within(deadline, Promise.race([connection.#client.connect(), ended]));
      await within(deadline, Promise.race([connection.#ping(), ended]));
      return connection;
    } catch (error) {
      connection.drop(error instanceof Error ? error : new Error(String(error)));
      if (error instanceof options.redis.ErrorReply) throw error;
      throw new ConnectionLostError(connectProblem(error, connection.#isGreeted, options), {
        wasSent: false,
        cause: error,
      });
    } finally {
      signal?.removeEventListener('abort', end);
    }
  }

  /** What ended it. */
  get lostBy(): Error | undefined {
    return this.#lostBy;
  }

  get isLost(): boolean {
    return this.#lostBy !== undefined;
  }

  /**
   * One reply for each command, in order; an ErrorReply is one, too. The commands follow each other on the connection, with none between.
   * @throws ConnectionLostError
   */
  async send(commands: readonly RedisCommand[], deadline: Deadline): Promise<RedisReply[]> {
    if (this.#lostBy !== undefined) throw new ConnectionLostError(this.#lostBy.message, { wasSent: false });
    const sent = commands.map((command) => this.#client.sendCommand<RedisReply>(command as (string | Buffer)[]));
    const settled = Promise.allSettled(sent);
    try {
      const outcomes = await within(deadline, settled);
      return outcomes.map((outcome) => this.#replyOf(outcome));
    } catch (error) {
      const cause = this.lostBy ?? error;
      this.drop(error instanceof Error ? error : new Error(String(error)));
      throw new ConnectionLostError(problemOf(cause), { wasSent: true, cause });
    }
  }

  /** Ends it at once; every call that waits for an answer rejects. */
  drop(error: Error): void {
    if (this.#lostBy !== undefined) return;
    this.#lostBy = error;
    this.#client.destroy();
  }

  /** Shows what is wrong with the server before anything is asked of it; a user who may not do even that may still do the rest. */
  async #ping(): Promise<void> {
    try {
      await this.#client.sendCommand(['PING']);
    } catch (error) {
      if (!(error instanceof this.#redis.ErrorReply && error.message.startsWith('NOPERM'))) throw this.#lostBy ?? error;
    }
  }

  #replyOf(outcome: PromiseSettledResult<RedisReply>): RedisReply {
    if (outcome.status === 'fulfilled') return outcome.value;
    if (outcome.reason instanceof this.#redis.ErrorReply) return outcome.reason;
    throw outcome.reason;
  }
}

/** Of the client only the protocol is used: it neither reconnects, nor queues while there is no connection, nor has time limits. */
function makeClient({ redis, node, credentials, database, tls }: ConnectionOptions) {
  const { host, port } = node;
  const shared = { host, port, reconnectStrategy: false, connectTimeout: undefined } as const;
  const { username, password } = credentials;
  return redis.createClient({
    RESP: 2,
    socket: tls === undefined ? shared : { ...shared, ...tls, tls: true },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(database === 0 ? {} : { database }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: undefined, typeMapping: { [redis.RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}

class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/** The timer keeps the process alive while a call is under way, since the socket does not. */
export async function within<T>(deadline: Deadline, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_resolve, reject) => {
    const restMs = Math.max(0, deadline - performance.now());
    timer = setTimeout(() => reject(new TimeLimitError('there was no answer in time')), restMs);
  });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    clearTimeout(timer);
    // Whatever comes of it now is nobody's.
    work.catch(() => undefined);
  }
}

const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** One line about a failure of the network; an error of several addresses that were tried has a code only. */
function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error instanceof Error && error.message !== '' ? error.message : code;
  return TLS_CODE.test(code) ? `TLS failed: ${message} (${code})` : message;
}

/** A server that gets TLS without knowing it waits for more, and one that wants TLS hangs up. */
function connectProblem(error: unknown, isGreeted: boolean, { tls }: ConnectionOptions): string {
  const problem = problemOf(error);
  if (tls !== undefined && !isGreeted && error instanceof TimeLimitError)
    return 'there was no answer in time; the server may have no TLS on this port (redis instead of rediss)';
  if (tls === undefined && isGreeted && /closed unexpectedly|ECONNRESET/i.test(problem))
    return `the server hung up; it may want TLS (rediss instead of redis): ${problem}`;
  return problem;
}
