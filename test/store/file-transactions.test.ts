import { expect } from 'chai';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { StoreBatch, StoreEntry } from '../../src/store/driver.js';
import { FileDriver } from '../../src/store/drivers/file/file-driver.js';
import { encodeJournal } from '../../src/store/drivers/file/journal.js';
import { CacheError } from '../../src/model/errors.js';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { childScript } from '../support/compiled.js';
import { faultyFs, type Fault, type Operation } from '../support/fault-fs.js';
import { scale } from '../support/scale.js';
import { dropFolder, filesBelow, temporaryFolder } from '../support/temporary.js';

const entry = (key: string, text: string): StoreEntry => ({ key, bytes: Buffer.from(text), expiresAt: undefined });

const KEYS = ['a', 'b', 'doc.json', 'deep/er/d', 'gone'];
const OLD: readonly (string | undefined)[] = ['old a', 'old b', undefined, undefined, 'old gone'];
const NEW: readonly (string | undefined)[] = ['new a', 'new b', 'new doc', 'new d', undefined];
const BATCH: StoreBatch = {
  save: [entry('a', 'new a'), entry('b', 'new b'), entry('doc.json', 'new doc'), entry('deep/er/d', 'new d')],
  delete: ['gone'],
};

async function openDriver(basePath: string, port: FileSystem = realFs): Promise<FileDriver> {
  const driver = new FileDriver({ basePath, fs: port });
  await driver.open();
  return driver;
}

async function prepared(): Promise<string> {
  const basePath = path.join(temporaryFolder(), 'cache');
  await (await openDriver(basePath)).saveMany([entry('a', 'old a'), entry('b', 'old b'), entry('gone', 'old gone')]);
  return basePath;
}

async function loadAll(driver: FileDriver): Promise<(string | undefined)[]> {
  const answers = await driver.loadMany(KEYS, { maxBytes: 1e6 });
  return answers.map((answer) => (answer instanceof Error ? `${answer.name}: ${answer.message}` : answer?.toString()));
}

async function keysOf(driver: FileDriver): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of driver.keys('')) keys.push(...page);
  return keys;
}

const keysIn = (state: readonly (string | undefined)[]): string[] =>
  KEYS.filter((_, index) => state[index] !== undefined).sort();

/** Whether `driver` sees all of the commit or nothing of it, in every way to look. */
async function sees(driver: FileDriver): Promise<'old' | 'new'> {
  const loaded = await loadAll(driver);
  const state = loaded[0] === NEW[0] ? NEW : OLD;
  expect(loaded, 'loaded').to.deep.equal(state);
  expect(await keysOf(driver), 'listed').to.deep.equal(keysIn(state));
  const stats = await driver.statMany(KEYS);
  expect(stats.map((stat) => stat?.sizeBytes)).to.deep.equal(state.map((text) => text?.length));
  return state === NEW ? 'new' : 'old';
}

/** Nothing of the commit is left, and nothing of it comes over what is written now. */
async function isCalm(basePath: string, driver: FileDriver): Promise<void> {
  await driver.saveMany([entry('b', 'newer')]);
  await driver.deleteMany(['a']);
  const fresh = await openDriver(basePath);
  await fresh.commit({ save: [], delete: ['doc.json'] });
  await fresh.sweep();
  expect((await loadAll(driver)).slice(0, 3), 'written after the commit').to.deep.equal([
    undefined,
    'newer',
    undefined,
  ]);
  const left = filesBelow(basePath).filter((name) => name.includes('journal') || name.endsWith('lock'));
  expect(left, 'left behind').to.deep.equal([]);
}

async function operationsOfCommit(): Promise<readonly Operation[]> {
  const basePath = await prepared();
  const { fs: counting, operations } = faultyFs({ under: basePath });
  await new FileDriver({ basePath, fs: counting }).commit(BATCH);
  return operations;
}

/** What a kill leaves differs only after names have changed, and in the middle of a write; what others leave is tried at night. */
function tells(operations: readonly Operation[], { at, ...fault }: Fault): boolean {
  if ('when' in fault && fault.when === 'half-way') return at < operations.length / 2;
  return ['renameSync', 'linkSync', 'unlinkSync'].includes(operations[at - 2]?.call ?? '') || at === 1;
}

/** Commits in a process that is killed on the way; whether it was. */
function commitInChild(basePath: string, fault: Fault): Promise<boolean> {
  const save = BATCH.save.map(({ key, bytes }) => [key, Buffer.from(bytes).toString()]);
  const work = JSON.stringify({ basePath, save, delete: BATCH.delete, fault });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [childScript('commit-child'), work], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve(true);
      else if (code === 0) resolve(false);
      else reject(new Error(`the child ended with ${code ?? signal ?? '?'}: ${said}`));
    });
  });
}

describe('commits of the file driver', () => {
  it('a commit is seen by everybody, and leaves nothing but values', async () => {
    const basePath = await prepared();
    const [writer, reader] = [await openDriver(basePath), await openDriver(basePath)];
    expect(await sees(reader)).to.equal('old');
    await writer.commit(BATCH);
    expect(await sees(reader)).to.equal('new');
    expect(filesBelow(path.join(basePath, '.transactions'))).to.deep.equal([]);
  });

  it('a kill at any step of a commit leaves all or nothing, for who was open and for who comes later', async function () {
    this.timeout(0);
    const operations = await operationsOfCommit();
    const points = operations.flatMap(({ call }, index): Fault[] => {
      const before: Fault = { kind: 'kill', at: index + 1, when: 'before' };
      return call === 'writeSync' ? [before, { ...before, when: 'half-way' }] : [before];
    });
    const usual = points.filter((point) => tells(operations, point));
    const next = scale(usual, points).values();
    const seen = { old: 0, new: 0 };
    const play = async (): Promise<void> => {
      for (const fault of next) {
        try {
          const basePath = await prepared();
          const open = await openDriver(basePath);
          expect(await sees(open)).to.equal('old');
          expect(await commitInChild(basePath, fault), 'killed').to.equal(true);
          const state = await sees(open);
          seen[state]++;
          expect(await sees(await openDriver(basePath)), 'a fresh process').to.equal(state);
          expect(await sees(open), 'after the recovery').to.equal(state);
          await isCalm(basePath, open);
          dropFolder(path.dirname(basePath));
        } catch (error) {
          throw new Error(`fault ${JSON.stringify(fault)}: ${String(error)}`, { cause: error });
        }
      }
    };
    await Promise.all([play(), play(), play()]);
    expect(seen.old, 'kills before the commit').to.be.above(2);
    expect(seen.new, 'kills after it').to.be.above(2);
  });

  it('a fault at any call of a commit leaves the state that the answer tells', async () => {
    const count = (await operationsOfCommit()).length;
    for (const code of ['ENOSPC', 'EIO'])
      for (const lasting of scale([code === 'EIO'], [false, true]))
        for (let at = 1; at <= count; at++) {
          const basePath = await prepared();
          const open = await openDriver(basePath);
          const { fs: faulty } = faultyFs({ under: basePath, fault: { kind: 'errno', at, code, lasting } });
          const failed: unknown = await new FileDriver({ basePath, fs: faulty }).commit(BATCH).then(
            () => undefined,
            (error: unknown) => error,
          );
          const about = `${code} ${lasting ? 'from' : 'at'} call ${at}`;
          if (failed !== undefined) expect(failed, about).to.be.instanceOf(CacheError);
          expect(await sees(open), about).to.equal(failed === undefined ? 'new' : 'old');
          expect(await sees(await openDriver(basePath)), about).to.equal(failed === undefined ? 'new' : 'old');
          dropFolder(path.dirname(basePath));
        }
  });

  it('a fault at any call of saving and deleting leaves each value as it was or as it should be', async () => {
    for (const code of ['ENOSPC', 'EIO'])
      for (let at = 1, struck = true; struck; at++) {
        const basePath = await prepared();
        const faulty = faultyFs({ under: basePath, fault: { kind: 'errno', at, code } });
        const driver = new FileDriver({ basePath, fs: faulty.fs });
        await driver.saveMany(BATCH.save).catch(() => undefined);
        await driver.deleteMany(BATCH.delete).catch(() => undefined);
        struck = faulty.struck();
        const loaded = await loadAll(await openDriver(basePath));
        for (const [index, text] of loaded.entries()) expect([OLD[index], NEW[index]]).to.include(text);
        expect(filesBelow(basePath).filter((name) => name.includes('.tmp-') && !struck)).to.deep.equal([]);
        dropFolder(path.dirname(basePath));
      }
  });

  it('commits at the same time come one after the other, and no reader sees a mixture', async () => {
    const basePath = await prepared();
    const writers = await Promise.all([1, 2, 3].map(() => openDriver(basePath)));
    const reader = await openDriver(basePath);
    const work = { done: false };
    const commits = Promise.all(
      writers.map(async (driver, index) => {
        for (let n = 0; n < 8; n++) {
          const text = `${index} ${n}`;
          await driver.commit({ save: [entry('a', text), entry('b', text), entry('doc.json', text)], delete: [] });
        }
      }),
    ).finally(() => (work.done = true));
    await reader.commit({ save: [entry('a', ''), entry('b', ''), entry('doc.json', '')], delete: [] });
    while (!work.done) {
      const [a, b, doc] = await loadAll(reader);
      expect([b, doc]).to.deep.equal([a, a]);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await commits;
  });

  describe('planted journals', () => {
    const plant = (basePath: string, bytes: Uint8Array): string => {
      const file = path.join(basePath, '.transactions', `${'0'.repeat(15)}-${'a'.repeat(24)}.journal`);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, bytes);
      return file;
    };
    const change = (key: string, state = 'absent') =>
      ({ key, state, stored: Buffer.from('planted'), ending: 'json' }) as const;

    it('one that names keys which lead outside writes nothing outside', async () => {
      const basePath = await prepared();
      plant(basePath, encodeJournal([change('../../out'), change('/etc/out'), change('..\\out')]));
      const driver = await openDriver(basePath);
      expect(filesBelow(path.dirname(basePath)).every((name) => name.startsWith('cache'))).to.equal(true);
      expect(await keysOf(driver)).to.include.members(['../../out', '/etc/out', '..\\out']);
    });

    it('one that is damaged counts for nothing and is removed', async () => {
      const whole = encodeJournal([change('a'), change('x')]);
      const flipped = Buffer.from(whole);
      flipped[flipped.length - 1] = 0;
      const damaged = [
        Buffer.alloc(0),
        whole.subarray(0, -1),
        flipped,
        Buffer.concat([whole, whole]),
        Buffer.alloc(500),
      ];
      for (const bytes of [...damaged, encodeJournal([change('')]), encodeJournal([change('x'.repeat(2000))])]) {
        const basePath = await prepared();
        const open = await openDriver(basePath);
        const file = plant(basePath, bytes);
        expect(await sees(open)).to.equal('old');
        expect(await sees(await openDriver(basePath))).to.equal('old');
        expect(fs.existsSync(file)).to.equal(false);
      }
    });

    it('one of a gibibyte of nothing costs no memory', async () => {
      const basePath = await prepared();
      fs.truncateSync(plant(basePath, Buffer.alloc(0)), 2 ** 30);
      const before = process.memoryUsage().arrayBuffers;
      expect(await sees(await openDriver(basePath))).to.equal('old');
      expect(process.memoryUsage().arrayBuffers - before).to.be.below(2 ** 26);
    });

    it('an old one does not come over values that were written since', async () => {
      const basePath = await prepared();
      plant(basePath, encodeJournal([change('a'), change('x')]));
      const driver = await openDriver(basePath);
      expect((await loadAll(driver))[0]).to.equal('old a');
      expect(await keysOf(driver)).to.include('x');
    });
  });
});
