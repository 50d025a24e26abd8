/** Every statement that the SQLite store runs on its tables, prepared once for a connection. `now` and all times are in ms since the Unix epoch. */
import { CLOCK_TOLERANCE_MS } from '../../codec/expiry.js';
import type { StoreEntry, StoredStat } from '../driver.js';
import type { Database, Statement } from './sqlite-file.js';

export type Reads = ReturnType<typeof prepareReads>;
export type Writes = ReturnType<typeof prepareWrites>;

/** See `isExpired`, also for why what comes from the future has expired. */
const IS_LIVE = `(expires_at IS NULL OR (expires_at > ?2 AND saved_at <= ?2 + ${CLOCK_TOLERANCE_MS}))`;

/** @throws Error of SQLite where the tables are not those of the version. */
export function prepareReads(database: Database) {
  const loading = prepare(
    database,
    `SELECT length(bytes), CASE WHEN length(bytes) <= ?3 THEN bytes END FROM documee_store WHERE key = ?1 AND ${IS_LIVE}`,
  );
  const describing = prepare(
    database,
    `SELECT length(bytes), saved_at FROM documee_store WHERE key = ?1 AND ${IS_LIVE}`,
  );
  const listing = prepare(
    database,
    `SELECT key FROM documee_store WHERE key >= ?1 AND key < ?3 AND ${IS_LIVE} ORDER BY key LIMIT ?4`,
  );
  return {
    /** `bytes` is absent where there are more than `maxBytes`. */
    load: (
      key: Buffer,
      maxBytes: number,
      now: number,
    ): { sizeBytes: number; bytes: Buffer | undefined } | undefined => {
      const row = loading.get(key, now, maxBytes) as [number, Uint8Array | null] | undefined;
      if (row === undefined) return undefined;
      const [sizeBytes, bytes] = row;
      return { sizeBytes, bytes: bytes === null ? undefined : asBuffer(bytes) };
    },
    stat: (key: Buffer, now: number): StoredStat | undefined => {
      const row = describing.get(key, now) as [number, number] | undefined;
      return row === undefined ? undefined : { sizeBytes: row[0], savedAt: row[1] };
    },
    page: (from: Buffer, before: Buffer, now: number, limit: number): Buffer[] => {
      return (listing.all(from, now, before, limit) as [Uint8Array][]).map(([key]) => asBuffer(key));
    },
  };
}

export function prepareWrites(database: Database) {
  const insert =
    'INSERT INTO documee_store (key, saved_at, expires_at, bytes) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key)';
  const update = 'DO UPDATE SET saved_at = excluded.saved_at, expires_at = excluded.expires_at, bytes = excluded.bytes';
  const saving = database.prepare(`${insert} ${update}`);
  const creating = database.prepare(
    `${insert} ${update} WHERE documee_store.expires_at <= ?2
     OR (documee_store.expires_at IS NOT NULL AND documee_store.saved_at > ?2 + ${CLOCK_TOLERANCE_MS})`,
  );
  const removing = prepare(database, `DELETE FROM documee_store WHERE key = ?1 RETURNING ${IS_LIVE}`);
  const clearing = prepare(
    database,
    `DELETE FROM documee_store WHERE key IN (SELECT key FROM documee_store WHERE key >= ?1 AND key < ?3 LIMIT ?4) RETURNING ${IS_LIVE}`,
  );
  const sweeping = database.prepare(
    'DELETE FROM documee_store WHERE rowid IN (SELECT rowid FROM documee_store WHERE expires_at <= ?1 LIMIT ?2)',
  );
  const acquiring = database.prepare(
    `INSERT INTO documee_lease (name, token, expires_at) VALUES (?1, ?2, ?4)
     ON CONFLICT (name) DO UPDATE SET token = excluded.token, expires_at = excluded.expires_at
     WHERE documee_lease.token = excluded.token OR documee_lease.expires_at <= ?3`,
  );
  const releasing = database.prepare('DELETE FROM documee_lease WHERE name = ?1 AND token = ?2');
  const sweepingLeases = database.prepare('DELETE FROM documee_lease WHERE expires_at <= ?1');
  return {
    save: ({ key, bytes, expiresAt }: StoreEntry, now: number): void => {
      saving.run(Buffer.from(key), now, expiresAt ?? null, bytes);
    },
    /** Whether there was none that had not expired. */
    create: ({ key, bytes, expiresAt }: StoreEntry, now: number): boolean => {
      return creating.run(Buffer.from(key), now, expiresAt ?? null, bytes).changes > 0;
    },
    /** Whether there was one that had not expired. */
    remove: (key: Buffer, now: number): boolean => {
      const row = removing.get(key, now) as [number] | undefined;
      return row?.[0] === 1;
    },
    clear: (from: Buffer, before: Buffer, now: number, limit: number): { all: number; live: number } => {
      const rows = clearing.all(from, now, before, limit) as [number][];
      return { all: rows.length, live: rows.filter(([isLive]) => isLive === 1).length };
    },
    sweep: (now: number, limit: number): number => sweeping.run(now, limit).changes,
    acquire: (name: Buffer, token: string, now: number, expiresAt: number): boolean =>
      acquiring.run(name, token, now, expiresAt).changes > 0,
    release: (name: Buffer, token: string): void => void releasing.run(name, token),
    sweepLeases: (now: number): void => void sweepingLeases.run(now),
  };
}

/** Rows as arrays: they cost less than objects. */
function prepare(database: Database, sql: string): Statement {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
