import assert from 'node:assert/strict';
import type { StoreCapabilities, StoreDriver } from '../store/driver.js';
import type { KeyValueStore } from '../store/key-value-store.js';
import { isStore } from '../store/is-store.js';
import type { StoreOptions } from '../store/store.js';

/** The functions of a test runner: those of mocha, or of vitest with its `beforeAll` and `afterAll`. */
export interface TestFunctions {
  readonly describe: (title: string, define: () => void) => unknown;
  readonly it: (title: string, test: () => Promise<void>) => unknown;
  readonly before: (prepare: () => Promise<void>) => unknown;
  readonly after: (cleanUp: () => Promise<void>) => unknown;
}

/** Capabilities that decide which tests a store must pass. */
export type ExpectedCapabilities = Pick<
  StoreCapabilities,
  'atomicBatch' | 'atomicCreate' | 'persistent' | 'sweepsItself' | 'shared' | 'writable' | 'leases' | 'plainJson'
>;

export interface StoreConformance {
  /** Title of the tests. */
  readonly name: string;
  /**
   * Opens the store; every call the same one (folder, table, bucket), which nobody else uses: it is emptied at the start and at the end.
   * Where `shared` is `process` and it is not persistent, each call may open another, empty one.
   */
  readonly open: (options: StoreOptions) => Promise<KeyValueStore>;
  /** What the store claims must equal this: no test is left out by claiming less. */
  readonly expects: ExpectedCapabilities;
  /** Makes `ms` pass for the store and its backend. Default: waits. */
  readonly advance?: (ms: number) => void | Promise<void>;
  /** The driver below a store. Default: that of a `Store`; of any other, tests that need it are left out. */
  readonly driver?: (store: KeyValueStore) => StoreDriver;
  /** How many keys the test of long listings makes. Default 2,500, more than one page of any backend. */
  readonly listedKeys?: number;
  /** Default: those of the test runner that is running. */
  readonly tests?: TestFunctions;
}

/** What the groups of tests work with. */
export class ConformanceContext {
  readonly conformance: StoreConformance;
  readonly expects: ExpectedCapabilities;
  readonly it: TestFunctions['it'];
  readonly listedKeys: number;
  #store: KeyValueStore | undefined;
  #groups = 0;

  constructor(conformance: StoreConformance, it: TestFunctions['it']) {
    this.conformance = conformance;
    this.expects = conformance.expects;
    this.listedKeys = conformance.listedKeys ?? 2500;
    this.it = it;
  }

  async open(): Promise<void> {
    this.#store = await this.openAnother();
    await this.#store.clear();
  }

  async openReadOnly(): Promise<void> {
    this.#store = await this.openAnother();
  }

  async close(): Promise<void> {
    if (this.expects.writable) await this.#store?.clear();
    await this.#store?.close();
  }

  get store(): KeyValueStore {
    assert(this.#store !== undefined, 'the store could not be opened');
    return this.#store;
  }

  /** A second handle; the caller closes it. */
  openAnother(options: StoreOptions = {}): Promise<KeyValueStore> {
    return this.conformance.open(options);
  }

  /** Runs `use` with a second handle. */
  async withAnother(use: (store: KeyValueStore) => Promise<void>, options?: StoreOptions): Promise<void> {
    const store = await this.openAnother(options);
    try {
      await use(store);
    } finally {
      await store.close();
    }
  }

  /** The driver below `store`, where it can be had. */
  driverOf(store: KeyValueStore): StoreDriver | undefined {
    return this.conformance.driver?.(store) ?? (isStore(store) ? store.driver : undefined);
  }

  async advance(ms: number): Promise<void> {
    if (this.conformance.advance === undefined) await new Promise((resolve) => setTimeout(resolve, ms));
    else await this.conformance.advance(ms);
  }

  /** A beginning of keys that no other test uses; it ends in `/`. */
  fresh(): string {
    this.#groups++;
    return `test-${this.#groups}/`;
  }

  /** Whether several handles see the same values. */
  get sharesHandles(): boolean {
    return this.expects.shared !== 'process';
  }
}

export async function keysOf(listing: AsyncIterable<string>): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of listing) keys.push(key);
  return keys;
}

/** Keys in the order in which stores list them: by the bytes of their UTF-8. */
export function sortKeys(keys: Iterable<string>): string[] {
  return [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Checks that an action fails with a coded error that names the store and the action, in one short line. */
export async function assertFails(action: () => Promise<unknown>, code: string, verb: string): Promise<void> {
  await assert.rejects(action, (error) => {
    assert(error instanceof Error && 'code' in error && 'details' in error, String(error));
    assert.equal(error.code, code);
    const details = error.details as Readonly<Record<string, unknown>>;
    assert.equal(details['action'], verb);
    assert.equal(typeof details['store'], 'string');
    assert(error.message.includes(String(details['store'])), `the message names the store: ${error.message}`);
    assert(error.message.includes(verb), `the message names the action: ${error.message}`);
    assert(error.message.length < 1000 && !error.message.includes('\n'), 'the message is one short line');
    return true;
  });
}
