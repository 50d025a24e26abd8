/** Stores, by themselves and below `Store`, against the bare client library doing the same batches on the same server. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import pLimit from 'p-limit';
import {
  MemoryStore,
  openStore,
  type JsonValue,
  type Store,
  type StoreCapabilities,
  type StoreConfig,
} from '../../dist/index.js';
import { available as postgresAvailable, startPostgres } from '../../test/support/servers/postgres.js';
import { redisAvailable, startRedis } from '../../test/support/servers/redis.js';
import type { Availability } from '../../test/support/servers/server.js';
import { compare, median, type Comparison, type Subject } from '../measure.js';
import { perSecond, type Row } from '../table.js';
import { barePostgres, bareRedis, bareS3, bareSqlite, type BareStore, type Entry } from './bare-stores.js';

const RECORDS = 20_000;
const OBJECTS = 1_000;
const MAX_BYTES = 64 * 1024 * 1024;

interface Backend {
  readonly name: string;
  readonly config: string | StoreConfig;
  readonly bare: BareStore;
  readonly records: number;
  readonly atLeast: number;
  readonly goal: number;
  /** Empties our store where `bare.empty` does not. */
  readonly emptyOurs?: (store: Store) => Promise<unknown>;
  readonly stop: () => Promise<unknown>;
}

/** Rows of all stores whose server is here; the others are named. */
export async function* storeRows(folder: string, rounds: number, quick: boolean): AsyncGenerator<Row | string> {
  yield await memoryRow(rounds);
  const records = quick ? RECORDS / 4 : RECORDS;
  yield* backendRows(sqliteBackend(folder, records), rounds);
  const starts: [string, Availability, () => Promise<Backend>][] = [
    ['redis', redisAvailable(), () => redisBackend(records)],
    ['postgres', postgresAvailable(), () => postgresBackend(records)],
    ['s3', { ok: true }, () => s3Backend(quick ? OBJECTS / 4 : OBJECTS)],
  ];
  for (const [name, availability, start] of starts) {
    if (availability.ok) yield* backendRows(await start(), rounds);
    else yield `${name} | NOT MEASURED: ${availability.why}. To get it: ${availability.howToGet}`;
  }
}

function sqliteBackend(folder: string, records: number): Backend {
  const bare = bareSqlite(path.join(folder, 'bare.sqlite'));
  return {
    ...{ name: 'sqlite', config: `sqlite:${path.join(folder, 'ours.sqlite')}`, bare, records, atLeast: 0.6, goal: 0.8 },
    emptyOurs: (store) => store.clear(),
    stop: () => Promise.resolve(),
  };
}

async function redisBackend(records: number): Promise<Backend> {
  const server = await startRedis();
  const stop = (): Promise<void> => server.stop();
  return {
    name: 'redis',
    config: server.url,
    bare: await bareRedis(server.url),
    records,
    atLeast: 0.6,
    goal: 0.8,
    stop,
  };
}

async function postgresBackend(records: number): Promise<Backend> {
  const server = await startPostgres();
  const stop = (): Promise<void> => server.stop();
  return {
    name: 'postgres',
    config: server.url,
    bare: await barePostgres(server.url),
    records,
    atLeast: 0.6,
    goal: 0.8,
    stop,
  };
}

async function s3Backend(records: number): Promise<Backend> {
  const server = spawn(process.execPath, [path.resolve('bench/references/s3-server.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = (await once(server.stdout, 'data')) as [Buffer];
  const place = { endpoint: printed.toString().trim(), bucket: 'bench' };
  const config: StoreConfig = { type: 's3', ...place, accessKeyId: 'bench', secretAccessKey: 'bench' };
  const stop = (): Promise<unknown> => {
    server.kill();
    return once(server, 'exit');
  };
  return { name: 's3, 16 in flight', config, bare: bareS3(place), records, atLeast: 0.8, goal: 0.9, stop };
}

async function* backendRows(backend: Backend, rounds: number): AsyncGenerator<Row> {
  const { bare, config, records, stop } = backend;
  const store = await openStore(config);
  const { driver } = store;
  const pairs = values(records);
  const entries = pairs.map(([key, value]) => ({ key, bytes: toBytes(value), expiresAt: undefined }));
  const keys = pairs.map(([key]) => key);
  const toJson = ([key, value]: Pair): Entry => ({ key, bytes: toBytes(value) });
  const inBatches = batching(driver.capabilities);
  const before = async (): Promise<void> => {
    await bare.empty();
    await backend.emptyOurs?.(store);
  };
  const row = async (what: string, reference: string, ours: Work, bareWork: Work): Promise<Row> =>
    rowOf(backend, what, reference, await compare({ name: what, ...ours }, { name: reference, ...bareWork }, rounds));
  try {
    yield await row(
      'driver, write',
      'bare client',
      { before, run: async () => done(await inBatches(entries, (batch) => driver.saveMany(batch))) },
      { before, run: async () => done(await inBatches(entries, (batch) => bare.save(batch))) },
    );
    await inBatches(entries, (batch) => driver.saveMany(batch));
    yield await row(
      'driver, read',
      'bare client',
      { run: async () => assertAll(await inBatches(keys, (batch) => driver.loadMany(batch, { maxBytes: MAX_BYTES }))) },
      { run: async () => assertAll(await inBatches(keys, (batch) => bare.load(batch))) },
    );
    yield await row(
      'Store, write',
      'bare client, JSON',
      { before, run: () => store.saveMany(pairs) },
      { before, run: async () => done(await inBatches(pairs, (batch) => bare.save(batch.map(toJson)))) },
    );
    await store.saveMany(pairs);
    yield await row(
      'Store, read',
      'bare client, JSON',
      { run: async () => assertAll([await store.loadMany(keys)]) },
      {
        run: async () =>
          assertAll(await inBatches(keys, async (batch) => (await bare.load(batch)).map((bytes) => fromBytes(bytes)))),
      },
    );
  } finally {
    await store.close();
    await bare.close();
    await stop();
  }
}

type Pair = readonly [string, JsonValue];
type Work = Pick<Subject, 'before' | 'run'>;

/** Batches as `Store` would cut them, and as many at once as it would have under way. */
function batching({ maxBatch, maxConcurrency }: StoreCapabilities) {
  const limit = pLimit(maxConcurrency);
  return <Item, T>(items: readonly Item[], call: (batch: readonly Item[]) => Promise<T>): Promise<T[]> => {
    const calls: Promise<T>[] = [];
    for (let at = 0; at < items.length; at += maxBatch) calls.push(limit(() => call(items.slice(at, at + maxBatch))));
    return Promise.all(calls);
  };
}

const done = (_answers: readonly unknown[]): void => undefined;

/** A figure of a store that does not answer everything is none. */
function assertAll(answers: readonly (readonly unknown[])[]): void {
  for (const value of answers.flat())
    if (value === undefined || value === null || value instanceof Error)
      throw new Error(`not loaded: ${String(value)}`);
}

function rowOf(
  { name, records, atLeast, goal }: Backend,
  what: string,
  reference: string,
  { oursMs, referenceMs, ratio }: Comparison,
): Row {
  return {
    ...{ what: `${name}: ${what}`, size: `${records.toLocaleString('en-US')} records of 1.5 kB` },
    ...{ ours: perSecond(records, oursMs), reference: `${reference}: ${perSecond(records, referenceMs)}` },
    // What `Store` adds, checks and limits above all, no bare client does.
    ...(what.startsWith('Store') ? { value: 1 / ratio } : { value: 1 / ratio, atLeast, goal }),
  };
}

const LOADS = 1_000_000;

async function memoryRow(rounds: number): Promise<Row> {
  const store = await MemoryStore.open();
  const pairs = values(RECORDS);
  await store.saveMany(pairs);
  const keys = pairs.map(([key]) => key);
  const rates: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const startedAt = performance.now();
    for (let turn = 0; turn < LOADS / RECORDS; turn++)
      for (const key of keys) if ((await store.load(key)) === undefined) throw new Error(`${key} is not there`);
    rates.push((LOADS * 1000) / (performance.now() - startedAt));
  }
  await store.close();
  const value = median(rates.slice(1));
  return {
    ...{ what: 'memory: Store, load one by one', size: '20,000 records of 1.5 kB', ours: perSecond(value, 1000) },
    ...{ reference: 'none', value, unit: '/s', atLeast: 1_000_000, goal: 2_000_000 },
  };
}

/** JSON of about 1.5 kB, another for each key. */
function values(count: number): Pair[] {
  return Array.from({ length: count }, (_, index): Pair => {
    const text = createHash('sha512').update(String(index)).digest('base64');
    const findings = Array.from({ length: 9 }, (_unused, line) => ({
      ...{ line: line * 7 + (index % 50), column: line, rule: `rule-${(index + line) % 90}` },
      message: `${text.slice(line * 5)} ${text.slice(0, 80 - line)}`,
    }));
    return [`src/package-${index % 40}/file-${index}.ts/lint`, { path: `file-${index}.ts`, findings }];
  });
}

const toBytes = (value: JsonValue): Buffer => Buffer.from(JSON.stringify(value));

const fromBytes = (bytes: Uint8Array | null | undefined): JsonValue | undefined =>
  bytes === null || bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) as JsonValue);
