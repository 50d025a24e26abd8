import { expect } from 'chai';
import type {
  LeaseDriver,
  StoreBatch,
  StoreCapabilities,
  StoreDriver,
  StoreEntry,
  StoredStat,
} from '../../src/store/driver.js';
import { MemoryDriver } from '../../src/store/drivers/memory.js';
import { Store } from '../../src/store/store.js';
import type { Clock } from '../../src/util/clock.js';
import { describeStoreConformance, type ExpectedCapabilities, type TestFunctions } from '../../src/testing/index.js';

/** A driver that keeps all promises, for several handles: what the mutants below break one promise of. */
class WholeDriver implements StoreDriver {
  readonly description = 'shared memory:';
  readonly capabilities: StoreCapabilities;
  readonly leases: LeaseDriver;
  protected readonly kept: MemoryDriver;
  protected readonly clock: Clock;

  constructor(kept: MemoryDriver, clock: Clock) {
    this.kept = kept;
    this.clock = clock;
    this.leases = kept.leases;
    this.capabilities = { ...kept.capabilities, shared: 'machine', maxBatch: 500 };
  }

  open(): Promise<void> {
    return Promise.resolve();
  }
  loadMany(keys: readonly string[], limits: { readonly maxBytes: number }): Promise<(Buffer | undefined | Error)[]> {
    return this.kept.loadMany(keys, limits);
  }
  saveMany(entries: readonly StoreEntry[]): Promise<void> {
    return this.kept.saveMany(entries.map(asStored));
  }
  createMany(entries: readonly StoreEntry[]): Promise<boolean[]> {
    return this.kept.createMany(entries.map(asStored));
  }
  deleteMany(keys: readonly string[]): Promise<number> {
    return this.kept.deleteMany(keys);
  }
  statMany(keys: readonly string[]): Promise<(StoredStat | undefined)[]> {
    return this.kept.statMany(keys);
  }
  keys(prefix: string): AsyncIterable<readonly string[]> {
    return this.kept.keys(prefix);
  }
  clear(prefix: string): Promise<number> {
    return this.kept.clear(prefix);
  }
  async commit({ save, delete: deleted }: StoreBatch): Promise<void> {
    await this.kept.commit({ save: save.map(asStored), delete: deleted });
  }
  sweep(): Promise<number> {
    return this.kept.sweep();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  protected async allKeys(): Promise<string[]> {
    const all: string[] = [];
    for await (const page of this.kept.keys('')) all.push(...page);
    return all;
  }
}

/** Without the decoded value, which only a driver in the process of the store would keep. */
const asStored = ({ key, bytes, expiresAt }: StoreEntry): StoreEntry => ({ key, bytes, expiresAt });

const UNLIMITED = { maxBytes: Number.MAX_SAFE_INTEGER };

type Mutant = new (kept: MemoryDriver, clock: Clock) => StoreDriver;

/** Drivers that break one promise each, by the promise. */
const MUTANTS: Readonly<Record<string, Mutant>> = {
  'loadMany answers in the order of the keys': class extends WholeDriver {
    override loadMany(keys: readonly string[], limits: { readonly maxBytes: number }) {
      return super.loadMany([...keys].sort(), limits);
    }
  },
  'loadMany answers a key that is given twice twice': class extends WholeDriver {
    override loadMany(keys: readonly string[], limits: { readonly maxBytes: number }) {
      return super.loadMany([...new Set(keys)], limits);
    }
  },
  'loadMany answers an Error for what has more than maxBytes': class extends WholeDriver {
    override loadMany(keys: readonly string[]) {
      return super.loadMany(keys, UNLIMITED);
    }
  },
  'loadMany does not fail as a whole for one that is too large': class extends WholeDriver {
    override async loadMany(keys: readonly string[], limits: { readonly maxBytes: number }) {
      const answers = await super.loadMany(keys, limits);
      for (const answer of answers) if (answer instanceof Error) throw answer;
      return answers;
    }
  },
  'the buffers of loadMany are the own ones of the caller': class extends WholeDriver {
    readonly #given = new Map<string, Buffer>();
    override async loadMany(keys: readonly string[], limits: { readonly maxBytes: number }) {
      const answers = await super.loadMany(keys, limits);
      return answers.map((answer, index) => {
        const given = this.#given.get(keys[index] ?? '');
        if (!Buffer.isBuffer(answer)) return answer;
        if (given?.length === answer.length) return given;
        this.#given.set(keys[index] ?? '', answer);
        return answer;
      });
    }
    override async saveMany(entries: readonly StoreEntry[]) {
      for (const { key } of entries) this.#given.delete(key);
      await super.saveMany(entries);
    }
  },
  'what was saved does not change with the buffer that was given': class extends WholeDriver {
    readonly #saved = new Map<string, StoreEntry>();
    override async saveMany(entries: readonly StoreEntry[]) {
      for (const entry of entries) this.#saved.set(entry.key, entry);
      await super.saveMany(entries);
    }
    override async loadMany(keys: readonly string[], limits: { readonly maxBytes: number }) {
      const again = keys.flatMap((key) => this.#saved.get(key) ?? []);
      this.#saved.clear();
      const there = await this.kept.statMany(again.map(({ key }) => key));
      await super.saveMany(again.filter((_, index) => there[index] !== undefined));
      return super.loadMany(keys, limits);
    }
  },
  'of a key that is saved twice the last counts': class extends WholeDriver {
    override saveMany(entries: readonly StoreEntry[]) {
      return super.saveMany([...entries].reverse());
    }
  },
  'a value is stored whole': class extends WholeDriver {
    override saveMany(entries: readonly StoreEntry[]) {
      return super.saveMany(entries.map((entry) => ({ ...entry, bytes: entry.bytes.subarray(0, 65_535) })));
    }
  },
  'saving gives a value its new time to live': class extends WholeDriver {
    readonly #first = new Map<string, number>();
    override saveMany(entries: readonly StoreEntry[]) {
      return super.saveMany(
        entries.map((entry) => {
          const first = this.#first.get(entry.key) ?? entry.expiresAt;
          if (first !== undefined) this.#first.set(entry.key, first);
          return { ...entry, expiresAt: first };
        }),
      );
    }
  },
  'keys are told apart by case': class extends WholeDriver {
    override saveMany(entries: readonly StoreEntry[]) {
      return super.saveMany(entries.map((entry) => ({ ...entry, key: entry.key.toLowerCase() })));
    }
    override loadMany(keys: readonly string[], limits: { readonly maxBytes: number }) {
      return super.loadMany(
        keys.map((key) => key.toLowerCase()),
        limits,
      );
    }
  },
  'keys are told apart by their spelling in Unicode': class extends WholeDriver {
    override saveMany(entries: readonly StoreEntry[]) {
      return super.saveMany(entries.map((entry) => ({ ...entry, key: entry.key.normalize('NFC') })));
    }
    override loadMany(keys: readonly string[], limits: { readonly maxBytes: number }) {
      return super.loadMany(
        keys.map((key) => key.normalize('NFC')),
        limits,
      );
    }
  },
  'createMany leaves alone what is there': class extends WholeDriver {
    override async createMany(entries: readonly StoreEntry[]) {
      const there = await this.kept.statMany(entries.map(({ key }) => key));
      await super.saveMany(entries);
      return there.map((stat) => stat === undefined);
    }
  },
  'createMany does not claim to have made what was there': class extends WholeDriver {
    override async createMany(entries: readonly StoreEntry[]) {
      return (await super.createMany(entries)).map(() => true);
    }
  },
  'of a key that is created twice the first counts': class extends WholeDriver {
    override async createMany(entries: readonly StoreEntry[]) {
      return (await super.createMany([...entries].reverse())).reverse();
    }
  },
  'exactly one of several creators is told true': class extends WholeDriver {
    override async createMany(entries: readonly StoreEntry[]) {
      const there = await this.kept.statMany(entries.map(({ key }) => key));
      await new Promise((resolve) => setImmediate(resolve));
      await super.saveMany(entries.filter((_, index) => there[index] === undefined));
      return there.map((stat) => stat === undefined);
    }
  },
  'createMany replaces what has expired': class extends WholeDriver {
    readonly #everMade = new Set<string>();
    override async createMany(entries: readonly StoreEntry[]) {
      const isNew = entries.map(({ key, expiresAt }) => {
        const isFirst = !this.#everMade.has(key);
        if (expiresAt !== undefined) this.#everMade.add(key);
        return isFirst;
      });
      const created = await super.createMany(entries.filter((_, index) => isNew[index]));
      return isNew.map((first) => first && created.shift() === true);
    }
  },
  'what is created keeps its time to live': class extends WholeDriver {
    override createMany(entries: readonly StoreEntry[]) {
      return super.createMany(entries.map((entry) => ({ ...entry, expiresAt: undefined })));
    }
  },
  'deleteMany counts what was there': class extends WholeDriver {
    override async deleteMany(keys: readonly string[]) {
      await super.deleteMany(keys);
      return keys.length;
    }
  },
  'deleteMany counts a key that is given twice once': class extends WholeDriver {
    override async deleteMany(keys: readonly string[]) {
      const there = await this.kept.statMany(keys);
      await super.deleteMany(keys);
      return there.filter((stat) => stat !== undefined).length;
    }
  },
  'statMany answers in the order of the keys': class extends WholeDriver {
    override async statMany(keys: readonly string[]) {
      return (await super.statMany(keys)).reverse();
    }
  },
  'statMany tells the size of the stored bytes': class extends WholeDriver {
    override async statMany(keys: readonly string[]) {
      return (await super.statMany(keys)).map((stat) => stat && { ...stat, sizeBytes: 0 });
    }
  },
  'statMany tells when a value was saved': class extends WholeDriver {
    override async statMany(keys: readonly string[]) {
      return (await super.statMany(keys)).map((stat) => stat && { ...stat, savedAt: 0 });
    }
  },
  'statMany tells nothing of what has expired': class extends WholeDriver {
    readonly #seen = new Map<string, StoredStat>();
    override async statMany(keys: readonly string[]) {
      const stats = await super.statMany(keys);
      return stats.map((stat, index) => stat ?? this.#seen.get(keys[index] ?? ''));
    }
    override async saveMany(entries: readonly StoreEntry[]) {
      await super.saveMany(entries);
      for (const { key, bytes, expiresAt } of entries)
        if (expiresAt !== undefined) this.#seen.set(key, { sizeBytes: bytes.length, savedAt: this.clock.now() });
    }
  },
  'keys lists nothing that has expired': class extends WholeDriver {
    readonly #mortal = new Set<string>();
    override async saveMany(entries: readonly StoreEntry[]) {
      for (const { key, expiresAt } of entries) if (expiresAt !== undefined) this.#mortal.add(key);
      await super.saveMany(entries);
    }
    override async *keys(prefix: string) {
      const mortal = [...this.#mortal].filter((key) => key.startsWith(prefix));
      const live = (await this.allKeys()).filter((key) => key.startsWith(prefix));
      yield [...new Set([...mortal, ...live])].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }
  },
  'keys come in the order of their bytes, not of UTF-16': class extends WholeDriver {
    override async *keys(prefix: string) {
      yield (await this.allKeys()).filter((key) => key.startsWith(prefix)).sort();
    }
  },
  'keys lists each key once': class extends WholeDriver {
    override async *keys(prefix: string) {
      for await (const page of super.keys(prefix)) {
        yield page;
        if (page.length >= 1000) yield page.slice(-1);
      }
    }
  },
  'keys lists more than one page': class extends WholeDriver {
    override async *keys(prefix: string) {
      for await (const page of super.keys(prefix)) {
        yield page;
        return;
      }
    }
  },
  'a page of keys without any does not end the listing of other keys': class extends WholeDriver {
    override async *keys(prefix: string) {
      const all = await this.allKeys();
      yield all.filter((key) => key.startsWith(prefix) && !key.includes('%'));
    }
  },
  'keys takes no prefix for a pattern': class extends WholeDriver {
    override async *keys(prefix: string) {
      const like = new RegExp(`^${prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/_/g, '.')}`, 's');
      yield (await this.allKeys()).filter((key) => like.test(key));
    }
  },
  'clear removes what begins with the prefix, not what has it in it': class extends WholeDriver {
    override async clear(prefix: string) {
      return super.deleteMany((await this.allKeys()).filter((key) => key.includes(prefix)));
    }
  },
  'clear takes no prefix for a pattern': class extends WholeDriver {
    override async clear(prefix: string) {
      const like = new RegExp(`^${prefix.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}`, 's');
      return super.deleteMany((await this.allKeys()).filter((key) => like.test(key)));
    }
  },
  'clear counts what it removes': class extends WholeDriver {
    override async clear(prefix: string) {
      return (await super.clear(prefix)) > 0 ? 1 : 0;
    }
  },
  'commit deletes': class extends WholeDriver {
    override commit({ save }: StoreBatch) {
      return super.commit({ save, delete: [] });
    }
  },
  'commit saves': class extends WholeDriver {
    override commit({ save, delete: deleted }: StoreBatch) {
      return super.commit({ save: deleted.length > 0 ? [] : save, delete: deleted });
    }
  },
  'commit keeps the time to live': class extends WholeDriver {
    override commit({ save, delete: deleted }: StoreBatch) {
      return super.commit({ save: save.map((entry) => ({ ...entry, expiresAt: undefined })), delete: deleted });
    }
  },
  'commit is for all to see at once': class extends WholeDriver {
    override async commit({ save, delete: deleted }: StoreBatch) {
      await super.commit({ save: save.slice(0, 1), delete: [] });
      await new Promise((resolve) => setTimeout(resolve, 5));
      await super.commit({ save: save.slice(1), delete: deleted });
    }
  },
  'sweep removes nothing that has not expired': class extends WholeDriver {
    readonly #mortal = new Set<string>();
    override async saveMany(entries: readonly StoreEntry[]) {
      for (const { key, expiresAt } of entries) if (expiresAt !== undefined) this.#mortal.add(key);
      await super.saveMany(entries);
    }
    override async sweep() {
      await super.deleteMany([...this.#mortal]);
      return super.sweep();
    }
  },
  'sweep counts': class extends WholeDriver {
    override async sweep() {
      await super.sweep();
      return 0;
    }
  },
  'all handles see the same values': class extends WholeDriver {
    readonly #loaded = new Map<string, Buffer>();
    override async loadMany(keys: readonly string[], limits: { readonly maxBytes: number }) {
      const answers = await super.loadMany(keys, limits);
      for (const [index, answer] of answers.entries())
        if (Buffer.isBuffer(answer)) this.#loaded.set(keys[index] ?? '', this.#loaded.get(keys[index] ?? '') ?? answer);
      return answers.map((answer, index) =>
        answer === undefined ? undefined : (this.#loaded.get(keys[index] ?? '') ?? answer),
      );
    }
    override saveMany(entries: readonly StoreEntry[]) {
      for (const { key } of entries) this.#loaded.delete(key);
      return super.saveMany(entries);
    }
  },
  'only the holder releases a lease': class extends WholeDriver {
    readonly #holders = new Map<string, string>();
    override readonly leases: LeaseDriver = {
      acquireMany: async (names, token, ttlMs) => {
        const taken = await this.kept.leases.acquireMany(names, token, ttlMs);
        for (const [index, name] of names.entries()) if (taken[index] === true) this.#holders.set(name, token);
        return taken;
      },
      releaseMany: async (names) => {
        for (const name of names) await this.kept.leases.releaseMany([name], this.#holders.get(name) ?? '');
      },
    };
  },
  'a lease ends by itself': class extends WholeDriver {
    override readonly leases: LeaseDriver = {
      acquireMany: (names, token) => this.kept.leases.acquireMany(names, token, 1e12),
      releaseMany: (names, token) => this.kept.leases.releaseMany(names, token),
    };
  },
  'a lease that is taken anew lasts from then on': class extends WholeDriver {
    readonly #own = new Map<string, string>();
    override readonly leases: LeaseDriver = {
      acquireMany: async (names, token, ttlMs) => {
        const answers: boolean[] = [];
        for (const name of names) {
          const [isTaken = false] = await this.kept.leases.acquireMany([name], `${token} other`, 0);
          const [isOwn = false] =
            isTaken || this.#own.get(name) !== token
              ? await this.kept.leases.acquireMany([name], token, ttlMs)
              : [true];
          if (isOwn) this.#own.set(name, token);
          answers.push(isOwn);
        }
        return answers;
      },
      releaseMany: (names, token) => this.kept.leases.releaseMany(names, token),
    };
  },
  'leases are taken one by one, not all or none': class extends WholeDriver {
    override readonly leases: LeaseDriver = {
      acquireMany: async (names, token, ttlMs) => {
        const taken = await this.kept.leases.acquireMany(names, token, ttlMs);
        if (taken.every(Boolean)) return taken;
        await this.kept.leases.releaseMany(
          names.filter((_, index) => taken[index]),
          token,
        );
        return names.map(() => false);
      },
      releaseMany: (names, token) => this.kept.leases.releaseMany(names, token),
    };
  },
  'it has the leases that it claims': class extends WholeDriver {
    override readonly leases = undefined as unknown as LeaseDriver;
  },
  'it claims what it can': class extends WholeDriver {
    override readonly capabilities: StoreCapabilities;
    constructor(kept: MemoryDriver, clock: Clock) {
      super(kept, clock);
      this.capabilities = { ...kept.capabilities, shared: 'machine', atomicBatch: false };
    }
  },
};

const EXPECTS: ExpectedCapabilities = {
  atomicBatch: true,
  atomicCreate: true,
  persistent: false,
  sweepsItself: false,
  shared: 'machine',
  writable: true,
  leases: true,
  plainJson: false,
};

/** Titles of the tests of the suite that fail over drivers of this kind, up to `most`. */
async function failuresOf(Driver: Mutant, most: number): Promise<string[]> {
  let passedMs = 0;
  const clock: Clock = { now: () => Date.now() + passedMs };
  const kept = new MemoryDriver({ clock });
  const steps: { readonly title: string; readonly run: () => Promise<void> }[] = [];
  const ends: (() => Promise<void>)[] = [];
  const tests: TestFunctions = {
    describe: (_title, define) => define(),
    it: (title, run) => steps.push({ title, run }),
    before: (run) => steps.push({ title: 'before', run }),
    after: (run) => ends.push(run),
  };
  describeStoreConformance({
    name: 'a driver',
    open: (options) => Store.open(new Driver(kept, clock), { clock, ...options }),
    expects: EXPECTS,
    advance: (ms) => void (passedMs += ms),
    listedKeys: 1100,
    tests,
  });
  const failed: string[] = [];
  for (const { title, run } of steps) {
    if (failed.length === most) break;
    try {
      await run();
    } catch {
      failed.push(title);
    }
  }
  for (const end of ends) await end().catch(() => undefined);
  return failed;
}

describe('the conformance suite', () => {
  it('passes a driver that keeps all promises', async () => {
    expect(await failuresOf(WholeDriver, Infinity)).deep.equal([]);
  });

  for (const [promise, Driver] of Object.entries(MUTANTS))
    it(`fails a driver that breaks one: ${promise}`, async () => {
      expect(await failuresOf(Driver, 1)).not.empty;
    });
});
