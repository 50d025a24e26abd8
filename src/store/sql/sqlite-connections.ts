import pLimit from 'p-limit';
import type * as Sqlite from '@photostructure/sqlite';
import type { FileSystem } from '../../util/fs.js';
import { Slices } from './slices.js';
import { SchemaProblem } from './sqlite-errors.js';
import { connect, migrate, type Database } from './sqlite-file.js';
import { Patience } from './sqlite-patience.js';
import { prepareReads, prepareWrites, type Reads, type Writes } from './sqlite-statements.js';

interface Connecting {
  readonly sqlite: typeof Sqlite;
  readonly fs: FileSystem;
  readonly file: string;
  readonly writable: boolean;
  readonly timeoutMs: number;
}

interface Opened {
  readonly reader: Database;
  readonly reads: Reads;
  /** Absent where the file can only be read. */
  readonly writer?: { readonly database: Database; readonly writes: Writes };
}

/** Two connections to a file: what is being written by one, slice by slice, is not seen by the other before it is committed. */
export class SqliteConnections {
  readonly #opened: Opened;
  readonly #timeoutMs: number;
  readonly #slices = new Slices();
  /** One transaction at a time, since all share a connection. */
  readonly #oneByOne = pLimit(1);

  private constructor(opened: Opened, timeoutMs: number) {
    this.#opened = opened;
    this.#timeoutMs = timeoutMs;
  }

  static async open(connecting: Connecting): Promise<SqliteConnections> {
    const opened = await new Patience(connecting.timeoutMs).whileBusy(() => openBoth(connecting));
    return new SqliteConnections(opened, connecting.timeoutMs);
  }

  /** One answer for each key, in slices, each of which sees one state. */
  async readEach<T>(keys: readonly string[], readOne: (key: Buffer, reads: Reads) => T): Promise<T[]> {
    const answers: T[] = [];
    while (answers.length < keys.length) {
      await this.read((reads) => {
        for (const key of keys.slice(answers.length)) {
          answers.push(readOne(Buffer.from(key), reads));
          if (this.#slices.due()) return;
        }
      });
      await this.#slices.yieldIfDue();
    }
    return answers;
  }

  /** `work` sees one state. It may be done again from its beginning where another process has a lock. */
  async read<T>(work: (reads: Reads) => T): Promise<T> {
    const { reader, reads } = this.#opened;
    return new Patience(this.#timeoutMs).whileBusy(() => {
      reader.exec('BEGIN');
      try {
        return work(reads);
      } finally {
        rollBack(reader);
      }
    });
  }

  /** In one transaction: all of `work` or nothing of it. */
  async write<T>(work: (writes: Writes, slices: Slices) => T | Promise<T>): Promise<T> {
    const { writer } = this.#opened;
    if (writer === undefined) throw new SchemaProblem('read-only', 'it is open for reading only');
    const { database, writes } = writer;
    // From now on: those in front may have waited for the same lock.
    const patience = new Patience(this.#timeoutMs);
    return this.#oneByOne(async () => {
      await patience.whileBusy(() => database.exec('BEGIN IMMEDIATE'));
      try {
        const result = await work(writes, this.#slices);
        await patience.whileBusy(() => database.exec('COMMIT'));
        return result;
      } finally {
        rollBack(database);
      }
    });
  }

  async close(): Promise<void> {
    const { reader, writer } = this.#opened;
    await this.#oneByOne(() => {
      // Statements keep the files open until they are collected, so that SQLite does not do this by itself at once.
      writer?.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      writer?.database.close();
      reader.close();
    });
  }
}

function openBoth({ sqlite, fs, file, writable }: Connecting): Opened {
  const opened: Database[] = [];
  const openOne = (): Database => {
    const database = connect(sqlite, fs, file, { writable });
    opened.push(database);
    migrate(database, { writable });
    return database;
  };
  try {
    const reader = openOne();
    const reads = prepareReads(reader);
    if (!writable) return { reader, reads };
    const database = openOne();
    return { reader, reads, writer: { database, writes: prepareWrites(database) } };
  } catch (error) {
    for (const database of opened) database.close();
    throw error;
  }
}

/** SQLite ends a transaction by itself after some errors. */
function rollBack(database: Database): void {
  if (database.isTransaction) database.exec('ROLLBACK');
}
