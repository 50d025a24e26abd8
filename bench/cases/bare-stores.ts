/** Stores as somebody would write them with the client library and nothing else: what the drivers are compared with. */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DatabaseSync } from '@photostructure/sqlite';
import { createClient, RESP_TYPES } from '@redis/client';
import pLimit from 'p-limit';
import pg from 'pg';

export interface Entry {
  readonly key: string;
  readonly bytes: Buffer;
}

export interface BareStore {
  /** One batch. */
  save(entries: readonly Entry[]): Promise<void>;
  load(keys: readonly string[]): Promise<(Uint8Array | null | undefined)[]>;
  /** Removes what this store and ours have written. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** A table of keys and values in WAL mode; each batch is a transaction. */
export function bareSqlite(file: string): BareStore {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec('CREATE TABLE bare (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT');
  const save = database.prepare('INSERT OR REPLACE INTO bare (key, value) VALUES (?, ?)');
  const load = database.prepare('SELECT value FROM bare WHERE key = ?');
  return {
    save(entries) {
      database.exec('BEGIN');
      for (const { key, bytes } of entries) save.run(key, bytes);
      database.exec('COMMIT');
      return Promise.resolve();
    },
    load(keys) {
      database.exec('BEGIN');
      const values = keys.map((key) => (load.get(key) as { value: Uint8Array } | undefined)?.value);
      database.exec('COMMIT');
      return Promise.resolve(values);
    },
    empty() {
      database.exec('DELETE FROM bare');
      return Promise.resolve();
    },
    close() {
      database.close();
      return Promise.resolve();
    },
  };
}

/** Multi-row inserts with parameters, the way the documentation of `pg` shows them, on a pool of four. */
export async function barePostgres(url: string): Promise<BareStore> {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  await pool.query('CREATE TABLE bare (key text PRIMARY KEY, value bytea NOT NULL)');
  return {
    async save(entries) {
      const rows = entries.map((_, index) => `($${2 * index + 1}, $${2 * index + 2})`).join(', ');
      await pool.query({
        name: `save-${entries.length}`,
        text: `INSERT INTO bare (key, value) VALUES ${rows} ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        values: entries.flatMap(({ key, bytes }) => [key, bytes]),
      });
    },
    async load(keys) {
      const text = 'SELECT key, value FROM bare WHERE key = ANY ($1)';
      const { rows } = await pool.query<{ key: string; value: Buffer }>({ name: 'load', text, values: [keys] });
      const valueOf = new Map(rows.map(({ key, value }) => [key, value]));
      return keys.map((key) => valueOf.get(key));
    },
    async empty() {
      await pool.query('TRUNCATE bare, documee_store');
    },
    close: () => pool.end(),
  };
}

/** SET for each value, which the client sends as one pipeline, and MGET. */
export async function bareRedis(url: string): Promise<BareStore> {
  const client = await createClient({ url }).connect();
  const reader = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  return {
    async save(entries) {
      await Promise.all(entries.map(({ key, bytes }) => client.set(key, bytes)));
    },
    load: (keys) => reader.mGet([...keys]),
    async empty() {
      await client.flushDb();
    },
    close: () => client.close(),
  };
}

export interface S3Place {
  readonly endpoint: string;
  readonly bucket: string;
}

/** 16 requests in flight, with kept connections. */
export function bareS3({ endpoint, bucket: Bucket }: S3Place): BareStore {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    // As the driver sets it for a server of this kind: the sums that the SDK makes otherwise would slow down the bare client.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 16 } },
  });
  const limit = pLimit(16);
  return {
    async save(entries) {
      const put = async ({ key, bytes }: Entry): Promise<void> => {
        await client.send(new PutObjectCommand({ Bucket, Key: `bare/${key}`, Body: bytes }));
      };
      await Promise.all(entries.map((entry) => limit(() => put(entry))));
    },
    load(keys) {
      const get = async (key: string): Promise<Uint8Array | undefined> => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: `bare/${key}` }));
        return Body?.transformToByteArray();
      };
      return Promise.all(keys.map((key) => limit(() => get(key))));
    },
    empty: () => Promise.resolve(),
    close() {
      client.destroy();
      return Promise.resolve();
    },
  };
}
