import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { CacheError, defineAnalyzer, type AnalyzeOptions } from '../../src/index.js';
import type { OpenTreeWatch, TreeWatchOptions } from '../../src/watch/tree-watch.js';
import { temporaryCodebase, writeTree } from '../support/temporary.js';
import { fromScratch, startWatch, stopAll, words, type Watching } from './support.js';

const ran =
  (...files: string[]) =>
  (round: { readonly ran: readonly string[] }): boolean =>
    files.every((file) => round.ran.includes(file));

/** Nothing is told unless a test says so. */
const deaf: OpenTreeWatch = () => ({
  refresh: () => Promise.resolve(undefined),
  distrust: () => undefined,
  close: () => undefined,
});

describe('watch', () => {
  afterEach(stopAll);

  it('makes a round at once, and one that runs only what was edited after each edit', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': 'one', 'sub/b.txt': 'two' });
    const watching = startWatch({ root, basePath, analyzers: [words] });
    const first = await watching.until(() => true);
    expect(first).to.deep.include({ number: 1, cause: 'start', paths: [], ran: ['a.txt', 'sub/b.txt'] });
    writeTree(root, { 'sub/b.txt': 'two three' });
    const second = await watching.until(ran('sub/b.txt'), 1);
    expect(second).to.deep.include({ cause: 'event', paths: ['sub/b.txt'], ran: ['sub/b.txt'] });
    expect(second.results).to.equal(await fromScratch({ root, analyzers: [words] }));
  });

  it('a burst of 500 writes is a few rounds', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': 'one' });
    const watching = startWatch({ root, basePath, analyzers: [words], debounceMs: 100 });
    await watching.until(() => true);
    for (let index = 0; index < 500; index += 1) writeTree(root, { [`d${index % 20}/f${index}.txt`]: `${index}` });
    const expected = await fromScratch({ root, analyzers: [words] });
    await watching.until(({ results }) => results === expected);
    expect(watching.rounds.length).to.be.at.most(6);
  });

  it('an edit during a round starts another one after it; rounds never overlap', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': 'first', 'b.txt': 'b' });
    let atOnce = 0;
    let isEdited = false;
    const editing = defineAnalyzer({
      ...{ id: 'editing', version: '1', include: ['a.txt'] },
      async analyze(file) {
        atOnce += 1;
        expect(atOnce).to.equal(1);
        if (!isEdited) writeTree(root, { 'b.txt': 'edited while a round goes on' });
        isEdited = true;
        await new Promise((resolve) => setTimeout(resolve, 100));
        atOnce -= 1;
        return file.text();
      },
    });
    const analyzers = [editing, words];
    const watching = startWatch({ root, basePath, analyzers, concurrency: 1 });
    await watching.until(ran('a.txt'));
    const expected = await fromScratch({ root, analyzers });
    await watching.until(({ results, cause }) => cause === 'event' && results === expected);
  });

  it('answers as a run from scratch at each pause of 30 random edits', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': '0', 'x/b.txt': '0', 'x/y/c.txt': '0' });
    const watching = startWatch({ root, basePath, analyzers: [words] });
    await watching.until(() => true);
    const random = randomNumbers(20261120);
    for (let step = 0; step < 30; step += 1) {
      const from = watching.rounds.length;
      const edit = editAtRandom(root, random, step);
      const expected = await fromScratch({ root, analyzers: [words] });
      const isEqual = ({ results }: { readonly results: string }): boolean => results === expected;
      if (watching.rounds.slice(-1).some(isEqual)) continue;
      const reached = watching.until(isEqual, from);
      await reached.catch((cause: unknown) => {
        throw new Error(`stale after edit ${step}: ${edit}`, { cause });
      });
    }
  });

  it('a folder that is replaced at once is still listened to', async () => {
    const { root, basePath } = temporaryCodebase({ 'a/b/f.txt': '0' });
    const watching = startWatch({ root, basePath, analyzers: [words] });
    await watching.until(() => true);
    for (let round = 1; round <= 5; round += 1) {
      fs.rmSync(path.join(root, 'a'), { recursive: true });
      writeTree(root, { 'a/b/f.txt': `new ${round}` });
      await watching.until(({ results }) => results.includes(`new ${round}`));
      writeTree(root, { 'a/b/f.txt': `edited ${round}` });
      await watching.until(({ results }) => results.includes(`edited ${round}`));
    }
  });

  it('what is never a source starts no round', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': '0', 'node_modules/m/i.js': '0', '.git/HEAD': '0' });
    const watching = startWatch({ root, basePath, analyzers: [words] });
    await watching.until(() => true);
    writeTree(root, { 'node_modules/m/i.js': '1', '.git/HEAD': '1', '.documee/other': '1' });
    writeTree(root, { 'a.txt': 'after' });
    const round = await watching.until(ran('a.txt'), 1);
    expect(round.number).to.equal(2);
    expect(round.paths.filter((place) => place !== '.documee')).to.deep.equal(['a.txt']);
  });

  it('its own cache below the root starts no round', async () => {
    const { root } = temporaryCodebase({ 'a.txt': '0' });
    const watching = startWatch({ root, basePath: path.join(root, 'kept'), analyzers: [words] });
    await watching.until(() => true);
    writeTree(root, { 'a.txt': '1' });
    await watching.until(ran('a.txt'), 1);
    writeTree(root, { 'a.txt': '2' });
    await watching.until(({ results }) => results.includes('"2"'), 1);
    for (const { paths } of watching.rounds.slice(1))
      expect(paths.filter((place) => place.startsWith('kept/'))).to.deep.equal([]);
    expect(watching.rounds.length).to.be.at.most(4);
  });

  it('lost events are made good by a round', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': '0' });
    let told: TreeWatchOptions | undefined;
    let distrusted = 0;
    const open: OpenTreeWatch = (options) => {
      told = options;
      return { refresh: () => Promise.resolve(undefined), distrust: () => (distrusted += 1), close: () => undefined };
    };
    const watching = startWatch({ root, basePath, analyzers: [words] }, { openTreeWatch: open });
    await watching.until(() => true);
    writeTree(root, { 'a.txt': 'unheard of' });
    told?.onLoss();
    expect((await watching.until(ran('a.txt'), 1)).cause).to.equal('loss');
    expect(distrusted).to.equal(1);
  });

  it('after a sleep of the machine a round is made', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': '0' });
    let sleptMs = 0;
    const clock = { now: () => Date.now() + sleptMs };
    const watching = startWatch(
      { root, basePath, analyzers: [words], ports: { clock } },
      { openTreeWatch: deaf, beatMs: 10 },
    );
    await watching.until(() => true);
    writeTree(root, { 'a.txt': 'while it slept' });
    sleptMs = 3_600_000;
    expect((await watching.until(ran('a.txt'), 1)).cause).to.equal('sleep');
  });

  it('what no event tells is found by the timer', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': '0' });
    const watching = startWatch({ root, basePath, analyzers: [words], intervalMs: 200 }, { openTreeWatch: deaf });
    await watching.until(() => true);
    writeTree(root, { 'a.txt': '1' });
    expect((await watching.until(ran('a.txt'), 1)).cause).to.equal('interval');
  });

  for (const [name, open] of [
    ['the system refuses more watches', (): ReturnType<OpenTreeWatch> => refusing()],
    ['the platform has no watch', (): undefined => undefined],
  ] as const) {
    it(`looks every few seconds where ${name}, and says so once`, async () => {
      const { root, basePath } = temporaryCodebase({ 'a.txt': '0' });
      const watching = startWatch({ root, basePath, analyzers: [words] }, { openTreeWatch: open, pollMs: 50 });
      await watching.until(() => true);
      for (const text of ['1', '2']) {
        writeTree(root, { 'a.txt': text });
        expect((await watching.until(({ results }) => results.includes(`"${text}"`), 1)).cause).to.equal('poll');
      }
      expect(warnings(watching)).to.deep.equal(['CACHE_WATCH_LIMITED']);
    });
  }

  it('goes on when the root is removed and made again', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': '0' });
    const watching = startWatch({ root, basePath, analyzers: [words] }, { pollMs: 50 });
    await watching.until(() => true);
    fs.rmSync(root, { recursive: true });
    await watching.until(({ outcome }) => outcome === 'root-missing', 1);
    writeTree(root, { 'b.txt': 'back' });
    await watching.until(({ cause, results }) => cause === 'root-back' || results.includes('back'));
    writeTree(root, { 'b.txt': 'heard of again' });
    await watching.until(({ results }) => results.includes('heard of again'));
    expect(watching.rounds.filter(({ outcome }) => outcome === 'root-missing')).to.have.length(1);
  });

  it('goes on when the root is replaced at once', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': '0' });
    const watching = startWatch({ root, basePath, analyzers: [words] }, { pollMs: 50 });
    await watching.until(() => true);
    fs.rmSync(root, { recursive: true });
    writeTree(root, { 'b.txt': 'back' });
    await watching.until(({ results }) => results.includes('back'));
    writeTree(root, { 'b.txt': 'heard of again' });
    await watching.until(({ results }) => results.includes('heard of again'));
  });

  it('options that cannot be used now are a failed round; it goes on', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': '0' });
    const base: AnalyzeOptions = { root, basePath, analyzers: [words] };
    const reload = (): Promise<AnalyzeOptions> => {
      const text = fs.readFileSync(path.join(root, 'a.txt'), 'utf8');
      return text === 'broken' ? Promise.reject(new CacheError('CACHE_BAD_CONFIG', 'broken')) : Promise.resolve(base);
    };
    const watching = startWatch({ ...base, reload });
    await watching.until(() => true);
    writeTree(root, { 'a.txt': 'broken' });
    await watching.until(({ outcome }) => outcome === 'failed', 1);
    writeTree(root, { 'a.txt': 'mended' });
    await watching.until(ran('a.txt'), 1);
  });

  it('the first round throws what a run throws', async () => {
    const { root, basePath } = temporaryCodebase();
    const watching = startWatch({ root: path.join(root, 'absent'), basePath, analyzers: [words] });
    expect(await watching.stop()).to.have.property('code', 'CACHE_BAD_ROOT');
  });

  it('an edited analyzer module is told of once, and what its loaded code answers is not kept', async () => {
    const { root, basePath, folder } = temporaryCodebase({ 'a.txt': '0' });
    const module = path.join(folder, 'tool.mjs');
    const code = "export default { id: 'tool', version: '1', analyze: (file) => file.text() };\n";
    fs.writeFileSync(module, code);
    const watching = startWatch({ root, basePath, analyzers: [module] });
    await watching.until(() => true);
    fs.writeFileSync(module, code.replace('file.text()', 'file.path'));
    for (const text of ['1', '2', '3']) {
      writeTree(root, { 'a.txt': text });
      await watching.until(({ results }) => results.includes(`"${text}"`), 1);
    }
    expect(warnings(watching)).to.deep.equal(['CACHE_ANALYZER_CHANGED']);
  });

  it('an abort between two rounds and one in a round both end it with CACHE_ABORTED', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.txt': '0' });
    const idle = startWatch({ root, basePath, analyzers: [words] });
    await idle.until(() => true);
    expect(await idle.stop()).to.have.property('code', 'CACHE_ABORTED');
    let begun = (): void => undefined;
    const started = new Promise<void>((resolve) => (begun = resolve));
    const endless = defineAnalyzer({
      ...{ id: 'endless', version: '1' },
      analyze() {
        begun();
        return new Promise<null>(() => undefined);
      },
    });
    const busy = startWatch({ root, basePath, analyzers: [endless] });
    await started;
    expect(await busy.stop()).to.have.property('code', 'CACHE_ABORTED');
  });
});

const warnings = ({ events }: Watching): string[] =>
  events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));

function refusing(): ReturnType<OpenTreeWatch> {
  const error = Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), {
    code: 'ENOSPC',
  });
  return { refresh: () => Promise.resolve(error), distrust: () => undefined, close: () => undefined };
}

/** Numbers in [0, 1), the same in each run of the test. Source: Lehmer's generator with the multiplier 48271. */
function randomNumbers(seed: number): () => number {
  let state = seed % 2147483647;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Edits as editors, builds and version control make them. */
function editAtRandom(root: string, random: () => number, step: number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const file = pick(['a.txt', 'x/b.txt', 'x/y/c.txt', 'z/new.txt', 'ignored/i.txt']);
  const target = path.join(root, file);
  const folder = path.join(root, pick(['x', 'x/y', 'z']));
  const kind = pick(['write', 'write', 'replace', 'remove', 'remove folder', 'move folder', 'ignore', 'remake folder']);
  if (kind === 'write') writeTree(root, { [file]: `${step}` });
  else if (kind === 'replace') {
    writeTree(root, { [`${file}.tmp`]: `${step} replaced` });
    fs.renameSync(`${target}.tmp`, target);
  } else if (kind === 'remove') fs.rmSync(target, { force: true });
  else if (kind === 'ignore') writeTree(root, { '.gitignore': pick(['', 'ignored/\n', '*.txt\n!a.txt\n']) });
  else if (kind === 'remove folder') fs.rmSync(folder, { recursive: true, force: true });
  else if (kind === 'move folder' && fs.existsSync(folder)) fs.renameSync(folder, path.join(root, `moved-${step}`));
  else {
    fs.rmSync(folder, { recursive: true, force: true });
    writeTree(folder, { 'made/anew.txt': `${step}` });
  }
  return `${kind} ${file} ${path.relative(root, folder)}`;
}
