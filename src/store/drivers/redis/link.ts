import type { RedisScript } from './commands.js';
import {
  ConnectionLostError,
  within,
  type Deadline,
  type RedisCommand,
  type RedisConnection,
  type RedisReply,
} from './connection.js';
import { prefixOf } from './failure.js';
import { connectToPrimary, roleOf, type FindOptions } from './find-primary.js';

/** Pause after an attempt to connect that failed, in ms; it doubles with each. Shorter than what people wait for a server to restart. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/** Keeps one connection to the server that has the keys, and makes it anew when it is needed and was lost. */
export class RedisLink {
  readonly #options: FindOptions;
  #connection: RedisConnection | undefined;
  #connecting: Promise<RedisConnection> | undefined;
  #failedAttempts = 0;
  #mayConnectAt = 0;
  readonly #closing = new AbortController();

  constructor(options: Omit<FindOptions, 'signal'>) {
    this.#options = { ...options, signal: this.#closing.signal };
  }

  /** When a call that begins now has to have ended. */
  deadline(): Deadline {
    return performance.now() + this.#options.settings.timeoutMs;
  }

  /** Connects, and tells whether the server is a replica, which can only be read. */
  async isReplica(): Promise<boolean> {
    const deadline = this.deadline();
    return (await roleOf(await this.#connect(deadline), this.#options.redis, deadline)) === 'slave';
  }

  /**
   * One reply for each command, in order, none of them an error.
   * @throws the first error, after all commands have been answered: ErrorReply or ConnectionLostError.
   */
  async sendAll(commands: readonly RedisCommand[], deadline: Deadline): Promise<RedisReply[]> {
    const replies = await this.#send(commands, deadline, { isAtomic: false });
    for (const reply of replies) if (reply instanceof this.#options.redis.ErrorReply) throw reply;
    return replies;
  }

  async send(command: RedisCommand, deadline: Deadline): Promise<RedisReply> {
    const [reply] = await this.sendAll([command], deadline);
    return reply ?? null;
  }

  /** Result of a script. Its text is sent only to a server that has not had it yet, or that lets the user run nothing else. */
  async run(
    { text, sha1 }: RedisScript,
    keys: readonly string[],
    args: readonly string[],
    deadline: Deadline,
  ): Promise<RedisReply> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.send(['EVALSHA', sha1, ...rest], deadline);
    } catch (error) {
      if (!(error instanceof this.#options.redis.ErrorReply && /^NO(?:SCRIPT|PERM)$/.test(prefixOf(error))))
        throw error;
      return await this.send(['EVAL', text, ...rest], deadline);
    }
  }

  /** Sends the commands as one transaction: all are done, or none and it throws. */
  async transaction(commands: readonly RedisCommand[], deadline: Deadline): Promise<void> {
    const { redis } = this.#options;
    const replies = await this.#send([['MULTI'], ...commands, ['EXEC']], deadline, { isAtomic: true });
    // A command that was refused says why; EXEC only that one was.
    for (const reply of replies) if (reply instanceof redis.ErrorReply) throw reply;
    const done = replies.at(-1);
    for (const reply of Array.isArray(done) ? (done as RedisReply[]) : [])
      if (reply instanceof redis.ErrorReply) throw reply;
  }

  close(): void {
    this.#closing.abort();
    this.#connection?.drop(new Error('the store was closed'));
    this.#connection = undefined;
  }

  async #send(
    commands: readonly RedisCommand[],
    deadline: Deadline,
    { isAtomic }: { readonly isAtomic: boolean },
  ): Promise<RedisReply[]> {
    const connection = await this.#connect(deadline);
    const replies = await connection.send(commands, deadline);
    const moved = replies.flatMap((reply, index) => (this.#isElsewhere(reply) ? [index] : []));
    if (moved.length === 0) return replies;
    // Whoever uses it next asks anew where the keys are. Not done is what was answered so, and can be asked again.
    connection.drop(new Error('the keys are on another server now'));
    if (this.#options.settings.topology !== 'cluster') return replies;
    const next = await this.#connect(deadline);
    if (isAtomic) return await next.send(commands, deadline);
    const again = await next.send(
      moved.map((index) => commands[index] ?? []),
      deadline,
    );
    for (const [at, index] of moved.entries()) replies[index] = again[at] ?? null;
    return replies;
  }

  /** After a failover, the server of before is a replica; after slots were moved, it says so. */
  #isElsewhere(reply: RedisReply): boolean {
    if (!(reply instanceof this.#options.redis.ErrorReply)) return false;
    const prefix = prefixOf(reply);
    return prefix === 'MOVED' || (prefix === 'READONLY' && this.#options.settings.topology !== 'single');
  }

  /** All calls that need a connection wait for the same attempt, and attempts that fail are spaced out: a server that is down is not stormed. */
  async #connect(deadline: Deadline): Promise<RedisConnection> {
    if (this.#connection?.isLost === false) return this.#connection;
    this.#connecting ??= this.#attempt().finally(() => (this.#connecting = undefined));
    try {
      return await within(deadline, this.#connecting);
    } catch (error) {
      if (error instanceof this.#options.redis.ErrorReply || error instanceof ConnectionLostError) throw error;
      throw new ConnectionLostError('no connection was made in time', { wasSent: false, cause: error });
    }
  }

  async #attempt(): Promise<RedisConnection> {
    const pauseMs = this.#mayConnectAt - performance.now();
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      const connection = await connectToPrimary(this.#options, this.deadline());
      this.#failedAttempts = 0;
      this.#keep(connection);
      return connection;
    } catch (error) {
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failedAttempts++, LONGEST_PAUSE_MS);
      this.#mayConnectAt = performance.now() + pause;
      throw error;
    }
  }

  #keep(connection: RedisConnection): void {
    if (this.#closing.signal.aborted) connection.drop(new Error('the store was closed'));
    else this.#connection = connection;
  }
}
