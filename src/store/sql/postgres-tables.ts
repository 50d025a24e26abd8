import { badStore } from '../store-config.js';
import { TableProblem } from './postgres-errors.js';
import type { Query } from './postgres-pool.js';

/** Of the tables below; kept in the comment of the first. */
const SCHEMA_VERSION = 1;
const COMMENT = 'documee store, version ';

/** "dcme". By itself it is held while tables are made, so that only one of several processes does it. */
export const ADVISORY_LOCK = 0x64636d65;

/** PostgreSQL cuts names at 63 bytes; ours are made longer by a few. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,47}$/;

export interface TableNames {
  /** Quoted, with the schema where one was given. */
  readonly values: string;
  readonly leases: string;
  /** Quoted; in the schema of its table. */
  readonly expiryIndex: string;
}

/** @throws CacheError CACHE_BAD_STORE for names that are none. */
export function tableNames(table: string, schema: string | undefined): TableNames {
  for (const name of schema === undefined ? [table] : [table, schema])
    if (!IDENTIFIER.test(name))
      throw badStore('postgres', 'names of table and schema are 1 to 48 letters, digits and underscores');
  const prefix = schema === undefined ? '' : `"${schema}".`;
  return {
    values: `${prefix}"${table}"`,
    leases: `${prefix}"${table}_lease"`,
    expiryIndex: `"${table}_expires_at"`,
  };
}

/** Whether there are tables of this version, and whether the server can be written. */
export async function checkTables(query: Query, names: TableNames): Promise<{ exist: boolean; writable: boolean }> {
  const [row = []] = await query(
    {
      // With pg_class among what is read, the answer is of now, also where another process has just made the table.
      text: `
        SELECT made.oid IS NOT NULL, obj_description(made.oid, 'pg_class'), setting = 'on'
        FROM current_setting('transaction_read_only') AS setting LEFT JOIN pg_class AS made ON made.oid = to_regclass($1)`,
    },
    [names.values],
  );
  const [exist, comment, isReadOnly] = row as [boolean, string | null, boolean];
  if (exist) checkVersion(names, comment ?? '');
  return { exist, writable: !isReadOnly };
}

function checkVersion({ values }: TableNames, comment: string): void {
  const version = comment.startsWith(COMMENT) ? Number(comment.slice(COMMENT.length)) : NaN;
  if (version > SCHEMA_VERSION)
    throw new TableProblem(
      'version',
      `its table ${values} has version ${version}, and this one knows ${SCHEMA_VERSION}`,
    );
  if (version !== SCHEMA_VERSION) throw new TableProblem('failed', `the table ${values} belongs to something else`);
}

/** In a transaction. */
export async function makeTables(query: Query, names: TableNames): Promise<void> {
  await query({ text: 'SELECT pg_advisory_xact_lock($1)' }, [ADVISORY_LOCK]);
  const { exist } = await checkTables(query, names);
  if (exist) return;
  const { values, leases, expiryIndex } = names;
  await query({
    text: `CREATE TABLE ${values} (key bytea PRIMARY KEY, saved_at bigint NOT NULL, expires_at bigint, bytes bytea NOT NULL)`,
  });
  // Compressing is the codec's business; and uncompressed, large values are read in parts.
  await query({ text: `ALTER TABLE ${values} ALTER COLUMN bytes SET STORAGE EXTERNAL` });
  await query({ text: `CREATE INDEX ${expiryIndex} ON ${values} (expires_at) WHERE expires_at IS NOT NULL` });
  await query({
    text: `CREATE TABLE ${leases} (name bytea PRIMARY KEY, token text NOT NULL, expires_at timestamptz NOT NULL)`,
  });
  await query({ text: `COMMENT ON TABLE ${values} IS '${COMMENT}${SCHEMA_VERSION}'` });
}
