import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { JsonLinesMap } from '../../src/codec/json-lines-map.js';
import type { CodebaseId, RecordId, VersionId } from '../../src/model/ids.js';
import { FileHashesDocument } from '../../src/persistence/file-hashes-document.js';
import { epochKey, MAX_EPOCH, recordKey, versionKey } from '../../src/persistence/layout.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { FileDocuments } from '../../src/store/documents/file-documents.js';
import { readIfPresent, readSmallIfPresent, realFs } from '../../src/util/fs.js';
import { Calls, observe, wordCount, type Observed } from '../support/oracle.js';
import { digestOf, editSealed } from '../support/reseal.js';
import { temporaryCodebase, temporaryFolder, writeTree } from '../support/temporary.js';

const KEY = '0123456789abcdef0123456789abcdef';

async function served({ run }: Observed): Promise<number> {
  let count = 0;
  for await (const { path } of run.results()) count += path.length > 0 ? 1 : 0;
  return count;
}

describe('a sealed document that documee did not write', () => {
  let root = '';
  let basePath = '';
  let folder = '';
  let place = '';
  let analysis = '';
  let calls = new Calls();
  const run = (): Promise<Observed> =>
    observe({ root, basePath, codebaseId: 'shop', analyzers: [wordCount((calls = new Calls()))] });

  beforeEach(async () => {
    ({ root, basePath, folder } = temporaryCodebase({ 'a.md': 'one', 'b.md': 'two' }));
    place = path.join(basePath, 'shop');
    analysis = path.join(place, 'analysis.json');
    await run();
  });

  it('cannot make an invalidation delete outside the cache', async () => {
    writeTree(folder, { 'victim.json': '{}' });
    fs.mkdirSync(path.join(place, 'file_e'));
    const evil = '  "files": {\n    "a.md": { "word-count": "e/../../../victim" }\n  },\n';
    editSealed(analysis, (body) => body.replace('  "files": {', `${evil}  "files": {`));
    const events: string[] = [];
    const manager = await PersistenceManager.open({ basePath, onEvent: ({ type }) => events.push(type) });
    expect(await manager.invalidate('shop', { paths: ['*'] })).to.include({ files: 0, removed: 0 });
    expect(fs.existsSync(path.join(folder, 'victim.json'))).to.equal(true);
    expect(events).to.deep.equal(['document-corrupt']);
  });

  const LAYOUTS: Readonly<Record<string, (body: string) => string>> = {
    'a line broken in two': (body) =>
      body.replace(/\{ "word-count": ("[0-9a-f]{32}") \}\n  \},/, '{ "word-count": $1\n    }\n  },'),
    'a line without spaces': (body) => body.replace(/    "a\.md": \{ (.*) \},\n/, '"a.md":{$1},\n'),
    'lines in another order': (body) => body.replace(/(    "a\.md": .*),\n(    "b\.md": .*)\n/, '$2,\n$1\n'),
    'a name twice in the head': (body) => body.replace('  "analyzers": {', '  "analyzers": null,\n  "analyzers": {'),
    'a part of the head behind the files': (body) => {
      const start = body.indexOf('  "analyzers": {');
      const end = body.indexOf('  "totals": {');
      return body.slice(0, start) + body.slice(end) + body.slice(start, end);
    },
    'its files on one line': (body) => body.replace(/"files": \{\n[^]*?\n  \}/, '"files": {}'),
    'an epoch beyond the limit': (body) => body.replace('"epoch": 0', '"epoch": 9007199254740992'),
  };
  for (const [what, edit] of Object.entries(LAYOUTS)) {
    it(`counts as absent, is reported once and is rewritten: analysis.json with ${what}`, async () => {
      const good = fs.readFileSync(analysis, 'utf8');
      editSealed(analysis, edit);
      expect(fs.readFileSync(analysis, 'utf8')).not.to.equal(good);
      fs.rmSync(path.join(place, 'scan-cache.bin'));
      const first = await run();
      expect(first.of('document-corrupt').map(({ document }) => document)).to.deep.equal(['analysis.json']);
      expect(await served(first)).to.equal(2);
      expect(calls.take().length, 'records are found by key').to.equal(0);
      expect((await run()).of('document-corrupt')).to.deep.equal([]);
    });
  }

  for (const text of ['{\n  1\n}\n', '{\n  "a.md": "x"\n}\n', '{\n}\n', '{\n  "a.md"\n}\n', '', '[]\n']) {
    it(`costs nothing but a rewrite: file_hashes.json of ${JSON.stringify(text)}`, async () => {
      fs.writeFileSync(path.join(place, 'file_hashes.json'), text);
      editSealed(analysis, (body) =>
        body.replace(/"fileHashesDigest": "[^"]*"/, `"fileHashesDigest": "${digestOf(text)}"`),
      );
      fs.rmSync(path.join(place, 'scan-cache.bin'));
      const first = await run();
      expect(await served(first)).to.equal(2);
      expect(first.of('document-corrupt').map(({ document }) => document)).to.deep.equal(['file_hashes.json']);
      expect(
        Object.keys(JSON.parse(fs.readFileSync(path.join(place, 'file_hashes.json'), 'utf8')) as object),
      ).to.have.length(2);
      expect((await run()).run.changed).to.equal(false);
    });
  }

  it('cannot use up the numbers of invalidations without that being said', async () => {
    const manager = await PersistenceManager.open({ basePath });
    writeTree(place, { 'epochs/999999999999999.json': 'x' });
    expect(await manager.epoch('shop')).to.equal(MAX_EPOCH);
    expect(await manager.loadAnalysis('shop'), 'it covers everything').to.equal(undefined);
    await run();
    expect(calls.take().length).to.equal(2);
    await run();
    expect(calls.take().length, 'what was computed after it is served').to.equal(0);
    const error: unknown = await manager.invalidate('shop', { paths: ['a.md'] }).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'CACHE_UNWRITABLE');
  });

  for (const name of [
    'analysis.json',
    'file_hashes.json',
    'scan-cache.bin',
    'runs.ndjson',
    'epochs/1.json',
    'record',
  ]) {
    it(`is not read into memory when it is too large: ${name}`, async () => {
      const record = fs.readdirSync(place).find((each) => /^file_[0-9a-f]{32}/.test(each)) ?? '';
      const file = path.join(place, name === 'record' ? record : name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.rmSync(file, { force: true });
      fs.writeFileSync(file, '');
      fs.truncateSync(file, 3 * 2 ** 30);
      const before = process.resourceUsage().maxRSS;
      expect(await served(await run())).to.equal(2);
      expect(process.resourceUsage().maxRSS - before, 'kB').to.be.below(200 * 1024);
      fs.rmSync(file, { force: true });
    });
  }
});

describe('a key that is none', () => {
  const id = 'shop' as CodebaseId;

  it('never becomes a path', () => {
    for (const key of ['', 'e/../../victim', KEY.toUpperCase(), `${KEY}0`, `${KEY}\n`, '../x'])
      expect(() => recordKey(id, key as RecordId), key).to.throw(TypeError);
    for (const version of ['', '..', '20261120T100000Z-00000', '20261120T100000Z-0000/x'])
      expect(() => versionKey(id, version as VersionId), version).to.throw(TypeError);
    for (const number of [0, -1, 1.5, NaN, Infinity, 1e21])
      expect(() => epochKey(id, number), String(number)).to.throw(TypeError);
    expect(recordKey(id, KEY as RecordId)).to.equal(`shop/file_${KEY}.json`);
  });

  it('is refused by the file documents', async () => {
    const documents = new FileDocuments({ fs: realFs, basePath: temporaryFolder() });
    for (const key of ['../x', 'shop/../../x', '/etc/passwd', 'a\0b', 'shop\\..\\..\\x', 'C:\\x', '..']) {
      const error: unknown = await documents.deleteMany([key]).catch((reason: unknown) => reason);
      expect(error, key).to.be.instanceOf(TypeError);
    }
  });
});

describe('lines of JSON from anywhere', () => {
  it('are taken as they are written here, and in no other layout', () => {
    const parse = (text: string): JsonLinesMap | undefined => JsonLinesMap.parse(Buffer.from(text), 2, '[0-9]+');
    for (const good of ['', '  "a": 1', '  "a": 1,\n  "b": 2', '  "\\u0000": 1,\n  "a\\"": 2'])
      expect(parse(good)?.block.toString(), good).to.equal(good);
    const bad = [
      '\n',
      '  "a": 1,',
      '  "a": 1,\n',
      ' "a": 1',
      '  "a": 1\n  "b": 2',
      '  "b": 1,\n  "a": 2',
      '  "a": 1,\n  "a": 2',
    ];
    for (const text of [...bad, '  "a": x', '  "a\\x": 1', '  "a', '  1', ',\n', '\n\n', '  "a": 1;\n  "b": 1'])
      expect(parse(text), JSON.stringify(text)).to.equal(undefined);
  });

  it('end every look-up, whatever they are', () => {
    for (const text of ['{\n  1\n}\n', '{\n  "\n}\n', '{\n  "\\\n}\n']) {
      const document = FileHashesDocument.fromTrustedBytes(Buffer.from(text));
      try {
        expect(document.get('a')).to.equal(undefined);
      } catch (error) {
        expect(error).to.be.instanceOf(SyntaxError);
      }
    }
  });
});

describe('a file over the limit', () => {
  it('is refused before memory is taken for it', () => {
    const file = path.join(temporaryFolder(), 'big');
    fs.writeFileSync(file, Buffer.alloc(100_000));
    for (const read of [readIfPresent, readSmallIfPresent]) {
      expect(() => read(realFs, file, 99_999)).to.throw('more than 99999 bytes');
      expect(read(realFs, file, 100_000)).to.have.length(100_000);
    }
  });
});
