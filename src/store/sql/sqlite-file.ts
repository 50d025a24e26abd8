import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Sqlite from '@photostructure/sqlite';
import { systemCode } from '../../model/errors.js';
import { FOLDER_MODE, type FileSystem } from '../../util/fs.js';
import { SchemaProblem, cannotOpen } from './sqlite-errors.js';

export type Database = Sqlite.DatabaseSyncInstance;
export type Statement = Sqlite.StatementSyncInstance;

/** Of the tables below. */
const SCHEMA_VERSION = 1;

/** "dcme": tells our files from other people's. */
const APPLICATION_ID = 0x64636d65;

/** What is cached is nobody else's business; SQLite gives the files beside it the same mode. */
const PRIVATE_FILE_MODE = 0o600;

/** The log is cut to this size when it starts anew. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

/** `bytes` is last, so that the times are read without it. With rows of this size a table with row ids has the smaller index. */
const CREATE_TABLES = `
  CREATE TABLE documee_store (
    key BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER,
    saved_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX documee_store_expires_at ON documee_store (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE documee_lease (name BLOB NOT NULL PRIMARY KEY, token TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Makes the folder and an empty file where there is none; whether the file can be written. */
export function prepareFile(fs: FileSystem, file: string, { readOnly }: { readonly readOnly: boolean }): boolean {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) throw new SchemaProblem('corrupt', 'there is no file in its place');
  if (readOnly) {
    if (found === undefined) throw new SchemaProblem('missing', 'there is no such file');
    return false;
  }
  if (found === undefined) fs.mkdirSync(path.dirname(file), { recursive: true, mode: FOLDER_MODE });
  try {
    fs.closeSync(fs.openSync(file, 'a', PRIVATE_FILE_MODE));
    return true;
  } catch (error) {
    const isRefused = ['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error) ?? '');
    if (found !== undefined && isRefused) return false;
    throw error;
  }
}

/** A connection with everything switched off that a damaged or foreign file could use against us. */
export function connect(
  { DatabaseSync }: typeof Sqlite,
  fs: FileSystem,
  file: string,
  { writable }: { readonly writable: boolean },
): Database {
  const options: Sqlite.DatabaseSyncOptions = {
    readOnly: !writable,
    // Waiting is done by Patience.
    timeout: 0,
    defensive: true,
    enableDoubleQuotedStringLiterals: false,
  };
  const database = new DatabaseSync(file, options);
  try {
    return hardened(database);
  } catch (error) {
    database.close();
    const log = fs.statSync(`${file}-wal`, { throwIfNoEntry: false });
    if (writable || !cannotOpen(error) || (log !== undefined && log.size > 0)) throw error;
    // In a folder that cannot be written there is no place for locks. Nobody can change the file there, so it needs none.
    const unchanging = pathToFileURL(file);
    unchanging.searchParams.set('immutable', '1');
    return hardened(new DatabaseSync(unchanging, options));
  }
}

function hardened(database: Database): Database {
  database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0');
  // The first one that reads the file.
  database.exec('PRAGMA schema_version');
  return database;
}

/** Makes the tables, or checks them. */
export function migrate(database: Database, { writable }: { readonly writable: boolean }): void {
  if (isCurrent(database)) {
    if (writable) tune(database);
    return;
  }
  if (!writable) throw new SchemaProblem('missing', 'the file is empty');
  tune(database);
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been faster.
    if (!isCurrent(database)) database.exec(CREATE_TABLES);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Not durable at a power cut, but never damaged by one: it is a cache. */
function tune(database: Database): void {
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`,
  );
}

/** False: it is empty. */
function isCurrent(database: Database): boolean {
  const application = pragma(database, 'application_id');
  const version = pragma(database, 'user_version');
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  if (application !== APPLICATION_ID && (application !== 0 || tables > 0))
    throw new SchemaProblem('failed', 'the file is a database of another program');
  if (version > SCHEMA_VERSION)
    throw new SchemaProblem('version', `its tables have version ${version}, and this one knows ${SCHEMA_VERSION}`);
  if (version === 0 && tables > 0) throw new SchemaProblem('corrupt', 'its tables have no version');
  return version === SCHEMA_VERSION;
}

function pragma(database: Database, name: 'application_id' | 'user_version'): number {
  const row = database.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
  return row[name] ?? 0;
}
