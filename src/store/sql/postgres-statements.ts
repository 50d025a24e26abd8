import { CLOCK_TOLERANCE_MS } from '../../codec/expiry.js';
import type { SqlStatement } from './postgres-pool.js';
import { ADVISORY_LOCK, type TableNames } from './postgres-tables.js';

/** Larger values are read by themselves and in parts: as text they take twice as much, and a text has at most half a GB. */
export const INLINE_BYTES = 256 * 1024;
const PART_BYTES = 4 * 1024 * 1024;

export type PostgresStatements = ReturnType<typeof postgresStatements>;

/** Every statement that runs on the tables. Rows are locked in the order of their keys, so that two writers cannot wait for each other. */
export function postgresStatements({ values, leases }: TableNames) {
  // See `isExpired`, also for why what comes from the future has expired.
  const isLive = (now: string): string =>
    `(expires_at IS NULL OR (expires_at > ${now}::bigint AND saved_at <= ${now}::bigint + ${CLOCK_TOLERANCE_MS}))`;
  const insert = `
    INSERT INTO ${values} AS old (key, bytes, expires_at, saved_at)
    SELECT key, bytes, expires_at, $4::bigint
    FROM unnest($1::bytea[], $2::bytea[], $3::bigint[]) AS new (key, bytes, expires_at)
    ON CONFLICT (key)
    DO UPDATE SET bytes = excluded.bytes, expires_at = excluded.expires_at, saved_at = excluded.saved_at`;
  return {
    /** Place in the list, size, and bytes unless they are more than $3. */
    load: {
      name: 'documee_load',
      text: `
        SELECT place::int, length(bytes), CASE WHEN length(bytes) <= $3::int THEN bytes END
        FROM unnest($1::bytea[]) WITH ORDINALITY AS wanted (key, place) JOIN ${values} USING (key)
        WHERE ${isLive('$2')}`,
    },
    loadParts: {
      name: 'documee_load_parts',
      text: `
        SELECT substring(bytes FROM part * ${PART_BYTES} + 1 FOR ${PART_BYTES})
        FROM ${values}, generate_series(0, (length(bytes) - 1) / ${PART_BYTES}) AS part
        WHERE key = $1::bytea AND ${isLive('$2')} AND length(bytes) <= $3::int
        ORDER BY part`,
    },
    stat: {
      name: 'documee_stat',
      text: `
        SELECT place::int, length(bytes), saved_at
        FROM unnest($1::bytea[]) WITH ORDINALITY AS wanted (key, place) JOIN ${values} USING (key)
        WHERE ${isLive('$2')}`,
    },
    page: {
      name: 'documee_page',
      text: `
        SELECT key FROM ${values} WHERE key >= $1::bytea AND key < $2::bytea AND ${isLive('$3')}
        ORDER BY key LIMIT $4::int`,
    },
    save: { name: 'documee_save', text: insert },
    /** The keys that had no value, or an expired one. */
    create: {
      name: 'documee_create',
      text: `${insert}
        WHERE old.expires_at <= $4::bigint
          OR (old.expires_at IS NOT NULL AND old.saved_at > $4::bigint + ${CLOCK_TOLERANCE_MS})
        RETURNING key`,
    },
    /** How many of them had not expired. */
    remove: {
      name: 'documee_remove',
      text: `
        WITH wanted AS (SELECT key FROM ${values} WHERE key = ANY ($1::bytea[]) ORDER BY key FOR UPDATE),
        removed AS (DELETE FROM ${values} USING wanted WHERE ${values}.key = wanted.key RETURNING expires_at, saved_at)
        SELECT count(*) FILTER (WHERE ${isLive('$2')}) FROM removed`,
    },
    /**
     * For a transaction that writes in two steps, which come one after the other: rows that another one makes between its steps are in no order, and
     * the server notices only after a second that two wait for each other.
     */
    takeTurn: {
      name: 'documee_take_turn',
      text: `SELECT pg_advisory_xact_lock(${ADVISORY_LOCK}, '${values}'::regclass::oid::int)`,
    },
    /** For the same, so that those who write in one step do not get in between. */
    lock: {
      name: 'documee_lock',
      text: `
        WITH locked AS (SELECT FROM ${values} WHERE key = ANY ($1::bytea[]) ORDER BY key FOR UPDATE)
        SELECT count(*) FROM locked`,
    },
    /** How many were removed, how many of them had not expired, and the last. */
    clear: {
      name: 'documee_clear',
      text: `
        WITH wanted AS (
          SELECT key FROM ${values} WHERE key >= $1::bytea AND key < $2::bytea ORDER BY key LIMIT $4::int FOR UPDATE
        ),
        removed AS (
          DELETE FROM ${values} USING wanted WHERE ${values}.key = wanted.key RETURNING wanted.key, expires_at, saved_at
        )
        SELECT count(*), count(*) FILTER (WHERE ${isLive('$3')}),
          (SELECT key FROM removed ORDER BY key DESC LIMIT 1) FROM removed`,
    },
    sweep: {
      name: 'documee_sweep',
      text: `
        WITH expired AS (
          SELECT key FROM ${values} WHERE expires_at <= $1::bigint LIMIT $2::int FOR UPDATE SKIP LOCKED
        ),
        removed AS (DELETE FROM ${values} USING expired WHERE ${values}.key = expired.key RETURNING 1)
        SELECT count(*) FROM removed`,
    },
    /** The names that nobody held, or the same token. */
    acquire: {
      name: 'documee_acquire',
      text: `
        INSERT INTO ${leases} AS old (name, token, expires_at)
        SELECT name, $2::text, now() + $3::float8 * interval '1 millisecond' FROM unnest($1::bytea[]) AS wanted (name)
        ON CONFLICT (name) DO UPDATE SET token = excluded.token, expires_at = excluded.expires_at
        WHERE old.token = excluded.token OR old.expires_at <= now()
        RETURNING name`,
    },
    release: {
      name: 'documee_release',
      text: `
        WITH wanted AS (
          SELECT name FROM ${leases} WHERE name = ANY ($1::bytea[]) AND token = $2::text ORDER BY name FOR UPDATE
        )
        DELETE FROM ${leases} USING wanted WHERE ${leases}.name = wanted.name`,
    },
    sweepLeases: {
      name: 'documee_sweep_leases',
      text: `
        WITH expired AS (SELECT name FROM ${leases} WHERE expires_at <= now() FOR UPDATE SKIP LOCKED)
        DELETE FROM ${leases} USING expired WHERE ${leases}.name = expired.name`,
    },
  } as const satisfies Record<string, SqlStatement>;
}
