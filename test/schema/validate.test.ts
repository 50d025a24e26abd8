import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SCHEMA_NAMES, type SchemaName } from '../../src/schema/schema-files.js';
import { findFault, loadValidators, type Validators } from '../../src/schema/validate.js';
import * as good from './documents.js';

interface Case {
  readonly good: Readonly<Record<string, unknown>>;
  /** By what is wrong: the changes, where `undefined` removes a property. */
  readonly bad: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const HEX_32 = 'a'.repeat(32);

const CASES: Readonly<Record<SchemaName, Case>> = {
  resultRecord: {
    good: good.goodRecord,
    bad: {
      'another kind of document': { $schema: 'urn:documee:schema:analysis:1' },
      'a newer format': { formatVersion: 2 },
      'an upper-case key': { key: 'A'.repeat(32) },
      'a short key': { key: 'a'.repeat(31) },
      'an absolute path': { path: '/etc/passwd' },
      'a path that climbs': { path: 'src/../../x' },
      'a path that begins with ./': { path: './x' },
      'an empty path': { path: '' },
      'no analyzer': { analyzer: undefined },
      'an analyzer without fingerprint': { analyzer: { id: 'a', version: '1' } },
      'a content hash without algorithm': { contentHash: '44bc2cf5ad770999' },
      'a content hash of an unknown algorithm': { contentHash: 'md5:44bc2cf5ad770999' },
      'a negative size': { sizeBytes: -1 },
      'a fractional epoch': { epoch: 0.5 },
      'dependencies that are no list': { dependencies: {} },
      'a dependency without kind': { dependencies: [{ path: 'a' }] },
      'a surface that is a number': { surface: 1 },
      'a surface without algorithm': { surface: '0'.repeat(64) },
      'a time that is no time': { analyzedAt: 'yesterday' },
      'a time outside UTC': { analyzedAt: '2026-11-20T10:15:00+01:00' },
      'a duration that is not finite': { durationMs: Infinity },
      'a cost in words': { cost: { usd: 'cheap' } },
      'no result': { result: undefined },
      'a digest without algorithm': { digest: '0'.repeat(64) },
      'a property that is not known': { extra: 1 },
    },
  },
  sharedRecord: {
    good: good.goodSharedRecord,
    bad: {
      'a key of this machine': { key: HEX_32 },
      'a content hash that can be forged': { contentHash: 'xxh64:44bc2cf5ad770999' },
      'an absolute path': { path: '/etc/passwd' },
      'a path that climbs': { path: 'src/../../x' },
      'an analyzer without fingerprint': { analyzer: { id: 'a', version: '1' } },
      'a negative size': { sizeBytes: -1 },
      'dependencies that are no list': { dependencies: {} },
      'a scope with a slash': { scope: 'main/other' },
      'no tool': { tool: undefined },
      'no result': { result: undefined },
      'another algorithm of signatures': { signature: { ...good.goodSharedRecord.signature, algorithm: 'rsa' } },
      'a signature that is text': { signature: 'AAAA' },
      'a property that is not known': { extra: 1 },
    },
  },
  analysis: {
    good: good.goodAnalysis,
    bad: {
      'no format version': { formatVersion: undefined },
      'an empty codebase id': { codebaseId: '' },
      'a version id that is no file name': { versionId: '../20261120T101500Z-3f9c' },
      'a previous version that is a number': { previousVersionId: 1 },
      'a negative epoch': { epoch: -1 },
      'an algorithm that is not known': { contentHash: 'md5' },
      'a scope without gitignore': { scope: { include: [], exclude: [] } },
      'an analyzer that is a string': { analyzers: { structure: '1' } },
      'totals without failed': { totals: { files: 1, analyzed: 1, reused: 0, removed: 0, uncacheable: 0 } },
      'a reason not to keep that is not known': { notKept: [{ path: 'a', analyzer: 'b', kind: 'lost', why: '' }] },
      'files that are a list': { files: [] },
      'a file that is a string': { files: { 'src/a.ts': 'x' } },
      'a file with a key that is none': { files: { 'src/a.ts': { structure: 'x' } } },
      'a file outside the root': { files: { '../a.ts': {} } },
      'a record with a short suffix': { files: { 'src/a.ts': { structure: `${good.goodRecord.key}-0` } } },
      'no inputs': { inputs: undefined },
      'an input that is the result of an analyzer': {
        inputs: [{ kind: 'result', analyzer: 'structure', path: 'a', hash: null }],
      },
      'an absolute input': { inputs: [{ kind: 'exists', path: '/etc' }] },
      'a digest of dependencies without algorithm': { dependenciesDigest: '0'.repeat(64) },
      'no digest': { digest: undefined },
    },
  },
  epoch: {
    good: good.goodEpoch,
    bad: {
      'number 0': { number: 0 },
      'a number in words': { number: '1' },
      'a selection without analyzers': { selection: { paths: null } },
      'paths that are a string': { selection: { paths: 'src', analyzers: null } },
      'a property that is not known': { until: 3 },
    },
  },
  fileHashes: {
    good: good.goodFileHashes,
    bad: {
      'a hash that is a number': { 'a.ts': 1 },
      'a hash with 15 digits': { 'a.ts': 'xxh64:44bc2cf5ad77099' },
      'an absolute path': { '/a.ts': good.goodRecord.contentHash },
      'a path that climbs in the middle': { 'a/../b.ts': good.goodRecord.contentHash },
      'an empty path': { '': good.goodRecord.contentHash },
    },
  },
  config: {
    good: good.goodConfig,
    bad: {
      'a key that is not known': { analysers: [] },
      'no analyzer at all': { analyzers: [] },
      'an analyzer that is a number': { analyzers: [1] },
      'an analyzer without use': { analyzers: [{ options: {} }] },
      'options that are a list': { analyzers: [{ use: 'x', options: [] }] },
      'a glob that is no list': { include: 'src/**' },
      'a glob of 513 characters': { exclude: ['x'.repeat(513)] },
      'gitignore in words': { gitignore: 'yes' },
      'a change detection that is not known': { changeDetection: 'mtime' },
      'a hash that is not known': { contentHash: 'md5' },
      'a durability that is not known': { durability: 'none' },
      'concurrency 0': { concurrency: 0 },
      'a limit that is not known': { limits: { version: 1 } },
      'no version kept': { limits: { versions: 0 } },
      'an age of 0 days': { limits: { maxAgeDays: 0 } },
    },
  },
  analyzeOutput: {
    good: good.goodAnalyzeOutput,
    bad: {
      'another schema version': { schemaVersion: 2 },
      'no codebase': { codebaseId: undefined },
      'changed in words': { changed: 'yes' },
      'totals without reused': { totals: { files: 1, analyzed: 1, removed: 0, failed: 0, uncacheable: 0 } },
      'a negative duration': { durationMs: -1 },
    },
  },
  execOutput: {
    good: {
      ...good.goodAnalyzeOutput,
      exitCode: 1,
      calls: [{ files: 2, durationMs: 12.5, exitCode: null, problem: 'it was stopped' }],
    },
    bad: {
      'no exit code': { exitCode: undefined },
      'an exit code in words': { exitCode: '1' },
      'no calls': { calls: undefined },
      'a call without files': { calls: [{ files: 0, durationMs: 1, exitCode: 0, problem: null }] },
      'a call without a problem': { calls: [{ files: 1, durationMs: 1, exitCode: 0 }] },
    },
  },
  planOutput: {
    good: good.goodPlanOutput,
    bad: {
      'no tasks': { tasks: undefined },
      'a decision that is not known': {
        tasks: [{ path: 'a', analyzer: 'b', decision: 'maybe', reason: { kind: 'forced' } }],
      },
      'a task without a reason': { tasks: [{ path: 'a', analyzer: 'b', decision: 'run' }] },
      'a reason without kind': { tasks: [{ path: 'a', analyzer: 'b', decision: 'run', reason: {} }] },
      'totals without run': { totals: { reuse: 1 } },
    },
  },
};

describe('validators', () => {
  let validators: Validators;
  before(async () => {
    validators = await loadValidators();
  });

  for (const name of SCHEMA_NAMES) {
    describe(name, () => {
      const { good: document, bad } = CASES[name];
      it('accepts a good document', () => {
        expect(validators[name](document)).to.equal(undefined);
      });
      for (const [what, change] of Object.entries(bad)) {
        it(`refuses ${what}`, () => {
          const problem = validators[name](JSON.parse(toJson({ ...document, ...change }), revive));
          expect(problem).to.be.a('string').that.does.not.match(/\n/);
        });
      }
      for (const value of [null, [], 'text', 1, undefined]) {
        it(`refuses ${JSON.stringify(value)} in place of a document`, () => {
          expect(validators[name](value)).to.be.a('string');
        });
      }
    });
  }

  it('every required property of a record, an analysis and an epoch is missed when it is gone', () => {
    for (const name of ['resultRecord', 'analysis', 'epoch'] as const) {
      const document = CASES[name].good;
      const optional = new Set(['metrics', 'anythingElse']);
      for (const property of Object.keys(document).filter((key) => !optional.has(key))) {
        expect(validators[name]({ ...document, [property]: undefined }), property).to.include(property);
      }
    }
  });

  it('a file that is called __proto__, constructor or 10 is a file like any other', () => {
    const names = ['__proto__', 'constructor', 'toString', '10'];
    const files = names.map((name) => `${JSON.stringify(name)}: {}`).join(',');
    const hashes = names.map((name) => `${JSON.stringify(name)}: "xxh64:44bc2cf5ad770999"`).join(',');
    expect(validators.analysis({ ...good.goodAnalysis, files: JSON.parse(`{${files}}`) as unknown })).to.equal(
      undefined,
    );
    expect(validators.fileHashes(JSON.parse(`{${hashes}}`))).to.equal(undefined);
    expect(validators.fileHashes(JSON.parse('{"__proto__": 1}'))).to.be.a('string');
  });

  it('names the place of the first problem as a JSON pointer', () => {
    expect(validators.analysis({ ...good.goodAnalysis, files: { 'src/a.ts': 1 } })).to.equal(
      '/files/src~1a.ts must be object',
    );
  });

  it('a problem stays on one short line, whatever the file is called', () => {
    const problem = validators.fileHashes({ [`a\n\u001b[31m${'x'.repeat(1000)}`]: 1 });
    expect(problem).to.match(/^\/a\?\?\[31m/);
    expect(problem).to.have.length.below(210);
  });

  it('a choice that failed is explained by the alternative that came closest', async () => {
    const fault = await findFault('config', { analyzers: [{ use: 'x', option: 1 }] });
    expect(fault).to.include({ keyword: 'additionalProperties', unknownKey: 'option' });
    expect(fault?.path).to.deep.equal(['analyzers', '0']);
  });

  it('answers the same whether asked once or after another schema failed', () => {
    validators.config({ nonsense: 1 });
    expect(validators.epoch(good.goodEpoch)).to.equal(undefined);
    expect(validators.config(good.goodConfig)).to.equal(undefined);
  });

  it('importing the module does not load ajv', () => {
    const module = fileURLToPath(new URL('../../src/schema/validate.ts', import.meta.url));
    const script = `const { createRequire } = await import('node:module');
      await import(${JSON.stringify(module)});
      const loaded = Object.keys(createRequire(${JSON.stringify(module)}).cache);
      console.log(loaded.filter((file) => /[\\\\/]ajv/.test(file)).length);`;
    const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(output.trim()).to.equal('0');
  });
});

/** JSON has no Infinity, and one case is about it. */
const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => (member === Infinity ? '(infinite)' : member));
const revive = (_: string, member: unknown): unknown => (member === '(infinite)' ? Infinity : member);
