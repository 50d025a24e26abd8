import { expect } from 'chai';
import fc from 'fast-check';
import type { CodebaseId, ContentHash, Fingerprint, RecordId, ResultKey, VersionId } from '../../src/model/ids.js';
import {
  AnalysisDocument,
  filesMap,
  formatRecords,
  type AnalysisHead,
} from '../../src/persistence/analysis-document.js';
import { FileHashesDocument } from '../../src/persistence/file-hashes-document.js';
import {
  decodeRecord,
  encodeRecord,
  openRecord,
  type Expectation,
  type RecordDraft,
} from '../../src/persistence/record.js';
import { loadValidators, type Validators } from '../../src/schema/validate.js';
import { canonicalJson, MAX_JSON_DEPTH } from '../../src/util/canonical-json.js';
import { byCodeUnit } from '../../src/util/paths.js';

const FINGERPRINT = `sha256:${'0'.repeat(64)}` as Fingerprint;
const CONTENT = 'xxh64:0123456789abcdef' as ContentHash;
const KEY = '0123456789abcdef0123456789abcdef' as ResultKey;
const RECORD = KEY as string as RecordId;

const DRAFT: RecordDraft = {
  ...{ key: KEY, path: 'src/a.ts', contentHash: CONTENT, sizeBytes: 3, epoch: 0, durationMs: 1.5, cost: {} },
  ...{ dependencies: [], surface: null },
  analyzer: { id: 'toy', version: '1', fingerprint: FINGERPRINT },
  analyzedAt: '2026-11-20T10:00:00.000Z',
  resultText: '{\n  "a": 1\n}',
};
const EXPECTED: Expectation = {
  id: RECORD,
  analyzerId: 'toy',
  fingerprint: FINGERPRINT,
  path: 'src/a.ts',
  contentHash: CONTENT,
};

describe('a record', () => {
  let validators: Validators;
  before(async () => {
    validators = await loadValidators();
  });

  it('holds any result unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 1, unit: 'binary' }), (result, path) => {
        const bytes = encodeRecord({ ...DRAFT, path, resultText: JSON.stringify(result, null, 2) });
        const decoded = decodeRecord(
          bytes,
          { ...EXPECTED, path: path.toWellFormed() === path ? path : null },
          validators,
        );
        expect(decoded.ok, JSON.stringify(decoded)).to.equal(true);
        if (decoded.ok)
          expect(canonicalJson(decoded.record.result)).to.equal(canonicalJson(JSON.parse(JSON.stringify(result))));
      }),
      { numRuns: 300 },
    );
  });

  it('holds a result as deep as an analyzer may answer', () => {
    let result: unknown = 1;
    for (let level = 0; level < MAX_JSON_DEPTH; level++) result = [result];
    expect(canonicalJson(result)).to.be.a('string');
    const decoded = decodeRecord(
      encodeRecord({ ...DRAFT, resultText: JSON.stringify(result, null, 2) }),
      EXPECTED,
      validators,
    );
    expect(decoded.ok, JSON.stringify(decoded).slice(0, 200)).to.equal(true);
  });

  it('is refused for every other key, path, content, analyzer and fingerprint', () => {
    const bytes = encodeRecord(DRAFT);
    expect(decodeRecord(bytes, EXPECTED, validators).ok).to.equal(true);
    const others: Partial<Expectation>[] = [
      { id: KEY.replace('0', '1') as RecordId },
      { id: `${KEY}-01234567` as RecordId },
      { path: 'src/b.ts' },
      { contentHash: 'xxh64:1123456789abcdef' as ContentHash },
      { analyzerId: 'other' },
      { fingerprint: FINGERPRINT.replace('0', '1') as Fingerprint },
    ];
    for (const other of others) {
      expect(decodeRecord(bytes, { ...EXPECTED, ...other }, validators).ok, JSON.stringify(other)).to.equal(false);
    }
  });

  it('is not opened after any of its bytes changed', () => {
    const bytes = encodeRecord(DRAFT);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 0x01;
      expect(openRecord(damaged, validators).ok, `byte ${at}`).to.equal(false);
    }
  });
});

const HEAD: AnalysisHead = {
  $schema: 'urn:documee:schema:analysis:1',
  formatVersion: 1,
  codebaseId: 'toy' as CodebaseId,
  versionId: '20261120T100000Z-0000' as VersionId,
  previousVersionId: null,
  createdAt: '2026-11-20T10:00:00.000Z',
  epoch: 0,
  tool: { name: 'documee', version: '0.1.0' },
  contentHash: 'xxh64',
  scope: { include: [], exclude: [], gitignore: true },
  analyzers: {},
  totals: { files: 0, analyzed: 0, reused: 0, removed: 0, failed: 0, uncacheable: 0 },
  durationMs: 1,
  savedMs: 0,
  notKept: [],
  fileHashesDigest: `sha256:${'0'.repeat(64)}`,
  dependenciesDigest: null,
  reducersDigest: null,
  inputs: [],
};

const isSourcePath = (text: string): boolean =>
  text.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
const name = fc
  .oneof(
    fc.constantFrom('__proto__', 'constructor', '10', '9', 'files', 'a"b', 'a\\', 'a\nb', '\ud83d\ude00', '"files": {'),
    fc.string({ minLength: 1 }),
  )
  .filter(isSourcePath);
const names = fc.uniqueArray(name, { maxLength: 20 }).map((list) => list.sort(byCodeUnit));

describe('analysis.json', () => {
  it('gives back every file and every value, whatever they are called', async () => {
    const validators = await loadValidators();
    const values = fc.dictionary(
      name.filter((text) => text !== '__proto__' && !Object.hasOwn({ ...HEAD, files: 0, digest: 0 }, text)),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(names, values, (paths, said) => {
        const files = filesMap(paths.map((path) => [path, formatRecords([['toy', RECORD]])]));
        const { bytes } = AnalysisDocument.encode(HEAD, files, said as never);
        const opened = AnalysisDocument.open(bytes, validators);
        expect(opened.ok, JSON.stringify(opened)).to.equal(true);
        if (!opened.ok) return;
        expect(Array.from(opened.document.entries(), ([path]) => path)).to.deep.equal(paths);
        for (const path of paths) expect(opened.document.recordsOf(path)?.get('toy'), path).to.equal(RECORD);
        expect(opened.document.recordsOf('not there')).to.equal(undefined);
        expect(canonicalJson(opened.document.values())).to.equal(canonicalJson(JSON.parse(JSON.stringify(said))));
      }),
      { numRuns: 200 },
    );
  });

  it('does not mistake an analyzer option called files for its own', () => {
    const analyzer = {
      ...{
        version: '1',
        fingerprint: FINGERPRINT,
        codeDigest: null,
        environment: {},
        include: null,
        pathIndependent: false,
      },
      ...{ options: { files: { files: { a: 'x\n  "files": {' } } }, results: 0, durationMs: 0 },
    };
    const head = { ...HEAD, analyzers: { toy: analyzer } } as unknown as AnalysisHead;
    const opened = AnalysisDocument.encode(head, filesMap([['a', '{}']]), {});
    expect(Array.from(opened.entries(), ([path]) => path)).to.deep.equal(['a']);
  });
});

describe('file_hashes.json', () => {
  it('gives back every hash, and stays the same document after edits', () => {
    fc.assert(
      fc.property(names, names, (before, after) => {
        const hashOf = (path: string, list: readonly string[]): string =>
          `xxh64:${list.length.toString(16).padStart(8, '0')}${path.length.toString(16).padStart(8, '0')}`;
        const edits = new Map<string, ContentHash | undefined>();
        for (const path of before) if (!after.includes(path)) edits.set(path, undefined);
        for (const path of after) edits.set(path, hashOf(path, after) as ContentHash);
        const patched = FileHashesDocument.fromEntries(before.map((path) => [path, hashOf(path, before)])).patch(edits);
        const direct = FileHashesDocument.fromEntries(after.map((path) => [path, hashOf(path, after)]));
        expect(patched.encode().toString()).to.equal(direct.encode().toString());
        const read = FileHashesDocument.fromTrustedBytes(direct.encode());
        for (const path of after) expect(read.get(path)).to.equal(hashOf(path, after));
        expect(Object.keys(JSON.parse(direct.encode().toString()) as object).sort(byCodeUnit)).to.deep.equal(after);
        expect([...direct.all().keys()].sort(byCodeUnit)).to.deep.equal(after);
      }),
      { numRuns: 300 },
    );
  });
});
