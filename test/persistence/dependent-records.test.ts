import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { Dependency } from '../../src/model/dependency.js';
import type { RecordId } from '../../src/model/ids.js';
import type { RecordLookUp, Wanted } from '../../src/persistence/codebase-cache.js';
import { recordIdOf, recordKey } from '../../src/persistence/layout.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { rebuildDependencies } from '../../src/persistence/rebuild-dependencies.js';
import { decodeRecord, encodeRecord, type RecordDraft } from '../../src/persistence/record.js';
import { keyOfRecord, recordId } from '../../src/plan/record-id.js';
import { loadValidators } from '../../src/schema/validate.js';
import { digestOf, editSealed } from '../support/reseal.js';
import { filesBelow, temporaryFolder } from '../support/temporary.js';
import { commitResults, content, CONTENT, draft, env, FINGERPRINT, ID, idOf, openCache } from './committed.js';

const KEEP = { replace: false, durable: false };

const wanted = ({ path: file }: RecordDraft, id: RecordId): Wanted => ({
  ...{ id, analyzerId: 'lint', fingerprint: FINGERPRINT, contentHash: CONTENT, path: file, requestedPath: file },
});
const answerOf = (lookUp: RecordLookUp): unknown => (lookUp.outcome === 'hit' ? lookUp.record.result : lookUp.outcome);

describe('the name of a record', () => {
  it('is its key without dependencies, and another for each state of them', () => {
    const { key } = draft('a.ts', []);
    const a: Dependency = { kind: 'content', path: 'b.ts', hash: CONTENT };
    const states: Dependency[][] = [[a], [{ ...a, hash: null }], [a, env('TZ')], [env('TZ'), a], [env('TZ')]];
    expect(recordId(key, [])).to.equal(key);
    const ids = states.map((dependencies) => recordId(key, dependencies));
    expect(new Set(ids).size).to.equal(states.length);
    for (const id of ids) {
      expect(id).to.match(/^[0-9a-f]{32}-[0-9a-f]{8}$/);
      expect(keyOfRecord(id)).to.equal(key);
      expect(recordIdOf(`file_${id}.json`)).to.equal(id);
    }
    expect(recordId(key, [{ hash: CONTENT, path: 'b.ts', kind: 'content' }]), 'whatever made the object').to.equal(
      ids[0],
    );
  });

  it('never becomes a path if it is none', () => {
    const { key } = draft('a.ts', []);
    for (const suffix of ['-', '-0', '-0123456', '-012345678', '-0123456G', '-0123456/', '-01234567-01234567', '/../x'])
      expect(() => recordKey(ID, `${key}${suffix}` as RecordId), suffix).to.throw(TypeError);
    for (const name of ['dependencies.json', 'file_x.json', `file_${key}-.json`, `file_${key}-01234567.json.tmp`])
      expect(recordIdOf(name), name).to.equal(undefined);
  });
});

describe('a record with dependencies', () => {
  const DEPENDENCIES: readonly Dependency[] = [
    content('../shared/money.ts'),
    { kind: 'absent', path: 'src/money/index.ts' },
    { kind: 'exists', path: '.' },
    { kind: 'listing', path: 'src', hash: null },
    env('TZ'),
    { kind: 'result', analyzer: '__proto__', path: '__proto__', hash: null },
  ];

  it('gives them back in their order, one on each line', async () => {
    const one = { ...draft('a.ts', DEPENDENCIES), surface: `sha256:${'1'.repeat(64)}` };
    const bytes = encodeRecord(one);
    const decoded = decodeRecord(bytes, wanted(one, idOf(one)), await loadValidators());
    expect(decoded.ok, JSON.stringify(decoded)).to.equal(true);
    if (decoded.ok) expect(decoded.record.dependencies).to.deep.equal(DEPENDENCIES);
    if (decoded.ok) expect(decoded.record.surface).to.equal(one.surface);
    expect(bytes.toString().match(/^ {4}\{"kind":.*\}/gm)).to.have.length(DEPENDENCIES.length);
  });

  it('holds 100,000 of them and a path of 10,000 characters', async () => {
    const many = Array.from({ length: 100_000 }, (_, index) => env(`V${index}`));
    const one = draft('a.ts', [...many, { kind: 'absent', path: 'a'.repeat(10_000) }]);
    expect(decodeRecord(encodeRecord(one), wanted(one, idOf(one)), await loadValidators()).ok).to.equal(true);
  });

  it('is refused under the name of another state, or without one', async () => {
    const one = draft('a.ts', DEPENDENCIES);
    const validators = await loadValidators();
    const others = [recordId(one.key, []), recordId(one.key, DEPENDENCIES.slice(1)), `${one.key}-00000000` as RecordId];
    for (const id of others) {
      const decoded = decodeRecord(encodeRecord(one), wanted(one, id), validators);
      expect(decoded).to.deep.equal({ ok: false, problem: 'it is the record of something else: other dependencies' });
    }
  });

  it('stays beside those of other states of the same key', async () => {
    const cache = await openCache(temporaryFolder());
    const states = [draft('a.ts', [], 'none'), draft('a.ts', [env('A')], 'one'), draft('a.ts', [env('B')], 'two')];
    for (const each of states) expect(await cache.saveRecord(each, KEEP)).to.deep.equal({ outcome: 'written' });
    expect(await cache.listRecords()).to.deep.equal(new Map([[states[0]!.key, states.map(idOf).sort()]]));
    const found = await cache.findRecords(states.map((each) => wanted(each, idOf(each))));
    expect(found.map(answerOf)).to.deep.equal(['none', 'one', 'two']);
  });

  it('gives way to one with other dependencies that has the same name by chance', async () => {
    const seen = new Map<string, Dependency>();
    const { key } = draft('a.ts', []);
    let pair: readonly [Dependency, Dependency] | undefined;
    for (let index = 0; pair === undefined; index++) {
      const dependency = env(`V${index}`);
      const id = recordId(key, [dependency]);
      const other = seen.get(id);
      if (other !== undefined) pair = [other, dependency];
      seen.set(id, dependency);
    }
    const cache = await openCache(temporaryFolder());
    const [first, second] = [draft('a.ts', [pair[0]], 'first'), draft('a.ts', [pair[1]], 'second')];
    expect(idOf(first)).to.equal(idOf(second));
    await cache.saveRecord(first, KEEP);
    await cache.saveRecord({ ...first, resultText: '"too late"' }, KEEP);
    expect(answerOf(await cache.findRecord(wanted(first, idOf(first))))).to.equal('first');
    await cache.saveRecord(second, KEEP);
    expect(answerOf(await cache.findRecord(wanted(first, idOf(first))))).to.equal('second');
  });
});

describe('the dependencies of a committed analysis', () => {
  const TREE = { 'a.ts': [content('b.ts'), env('TZ')], 'b.ts': [], 'c.ts': [content('a.ts')] };
  const mentioned = async (basePath: string, name: string): Promise<string[] | undefined> => {
    const cache = await openCache(basePath);
    const analysis = await cache.openAnalysis();
    const document = analysis && (await cache.openDependencies(analysis));
    return document && Array.from(document.mentioning(new Set([name])), ([file]) => file);
  };
  const manage = async (basePath: string): Promise<PersistenceManager> => PersistenceManager.open({ basePath });

  it('are opened only if they are those that were committed', async () => {
    const { basePath, place } = await commitResults(TREE);
    expect(await mentioned(basePath, 'b.ts')).to.deep.equal(['a.ts']);
    expect(await mentioned(basePath, 'TZ')).to.deep.equal(['a.ts']);
    const file = path.join(place, 'dependencies.json');
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replace('b.ts', 'x.ts'));
    expect(await mentioned(basePath, 'b.ts')).to.equal(undefined);
    fs.rmSync(file);
    expect(await mentioned(basePath, 'b.ts')).to.equal(undefined);
  });

  it('are not believed in an odd layout, even with the right digest', async () => {
    const { basePath, place } = await commitResults(TREE);
    const text = '{"a.ts":{"lint":[["absent","/etc/passwd"]]}}';
    fs.writeFileSync(path.join(place, 'dependencies.json'), text);
    editSealed(path.join(place, 'analysis.json'), (body) =>
      body.replace(/"dependenciesDigest": "[^"]*"/, `"dependenciesDigest": "${digestOf(text)}"`),
    );
    expect(await mentioned(basePath, '/etc/passwd')).to.equal(undefined);
    const { problems } = await (await manage(basePath)).verify(ID);
    expect(problems).to.deep.equal([
      { document: 'dependencies.json', problem: 'its layout is not that of this version' },
    ]);
  });

  it('are made anew from the records, and those that nobody can tell are named', async () => {
    const { cache, analysis, place } = await commitResults(TREE);
    const committed = await cache.openDependencies(analysis);
    const rebuilt = await rebuildDependencies(cache, analysis);
    expect(rebuilt.lost).to.deep.equal([]);
    expect(rebuilt.dependencies.encode().toString()).to.equal(committed?.encode().toString());
    const id = idOf(draft('c.ts', TREE['c.ts']));
    fs.rmSync(path.join(place, `file_${id}.json`));
    const { lost, dependencies } = await rebuildDependencies(cache, analysis);
    expect(lost).to.deep.equal([{ path: 'c.ts', analyzer: 'lint', id, problem: undefined }]);
    expect(Array.from(dependencies.entries(), ([file]) => file)).to.deep.equal(['a.ts']);
  });

  it('leave no document behind when no result has any', async () => {
    const { basePath, place } = await commitResults(TREE);
    const file = path.join(place, 'dependencies.json');
    expect(fs.existsSync(file)).to.equal(true);
    const { analysis } = await commitResults({ 'a.ts': [] }, basePath);
    expect(analysis.head.dependenciesDigest).to.equal(null);
    expect(fs.existsSync(file)).to.equal(false);
    expect(await mentioned(basePath, 'b.ts')).to.deep.equal([]);
  });

  it('are verified against the digest, the records and the tasks', async () => {
    const { basePath, place } = await commitResults(TREE);
    const manager = await manage(basePath);
    expect(await manager.verify(ID)).to.deep.include({ problems: [], records: 3, documents: 7 });
    const file = path.join(place, 'dependencies.json');
    const good = fs.readFileSync(file, 'utf8');
    const problemOf = async (text: string): Promise<string | undefined> => {
      fs.writeFileSync(file, text);
      editSealed(path.join(place, 'analysis.json'), (body) =>
        body.replace(/"dependenciesDigest": "[^"]*"/, `"dependenciesDigest": "${digestOf(text)}"`),
      );
      const { problems } = await manager.verify(ID);
      return problems.find(({ document }) => document === 'dependencies.json')?.problem;
    };
    const other = 'is not what the record depends on';
    expect(await problemOf(good.replace('b.ts', 'x.ts'))).to.contain(`of lint for a.ts ${other}`);
    expect(await problemOf(good.replace(/,\n.*/, ''))).to.contain(`of lint for c.ts ${other}`);
    expect(await problemOf(good.replace('\n}\n', ',\n  "d.ts": { "lint": [["exists","x"]] }\n}\n'))).to.contain('d.ts');
    expect(await problemOf(good.replace('] },\n', '], "z": [["exists","x"]] },\n'))).to.contain('no result of z');
    expect(await problemOf(good)).to.equal(undefined);
    fs.writeFileSync(file, good.replace('b.ts', 'x.ts'));
    expect((await manager.verify(ID, { repair: true })).repaired).to.equal(1);
    expect(fs.existsSync(file), 'the next run makes it anew').to.equal(false);
  });

  it('are part of what a record is named after, which verify checks', async () => {
    const { basePath, place } = await commitResults(TREE);
    const id = idOf(draft('c.ts', TREE['c.ts']));
    const wrong = `file_${keyOfRecord(id)}-00000000.json`;
    fs.copyFileSync(path.join(place, `file_${id}.json`), path.join(place, wrong));
    expect((await (await manage(basePath)).verify(ID)).problems).to.deep.equal([
      { document: wrong, problem: 'its name does not follow from its dependencies' },
    ]);
  });

  it('keep the variant that is referred to when others are pruned, and are themselves no record', async () => {
    const { basePath, place, cache } = await commitResults(TREE);
    await cache.saveRecord(draft('a.ts', [env('OTHER')]), KEEP);
    const clock = { now: (): number => Date.now() + 40 * 86_400_000 };
    const manager = await PersistenceManager.open({ basePath, ports: { clock } });
    expect(await manager.prune(ID)).to.include({ removedRecords: 1, keptRecords: 3 });
    expect(fs.existsSync(path.join(place, 'dependencies.json'))).to.equal(true);
    expect((await manager.verify(ID)).problems).to.deep.equal([]);
  });

  it('do not keep a variant from being invalidated', async () => {
    const { basePath, place, cache } = await commitResults(TREE);
    await cache.saveRecord(draft('a.ts', [env('OTHER')]), KEEP);
    const manager = await manage(basePath);
    expect(await manager.invalidate(ID, { paths: ['a.ts'] })).to.include({ files: 1, removed: 2 });
    expect(await manager.invalidate(ID)).to.include({ removed: 2 });
    expect(fs.existsSync(path.join(place, 'dependencies.json'))).to.equal(false);
  });

  it('go with the codebase', async () => {
    const { basePath, place } = await commitResults(TREE);
    expect(await (await manage(basePath)).deleteAnalysis(ID)).to.equal(true);
    expect(filesBelow(place)).to.deep.equal(['epochs/1.json']);
  });
});
