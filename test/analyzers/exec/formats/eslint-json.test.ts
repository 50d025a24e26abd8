import { expect } from 'chai';
import { ESLint } from 'eslint';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { eslintJson } from '../../../../src/analyzers/exec/formats/eslint-json.js';
import { CacheError } from '../../../../src/model/errors.js';
import type { SourcePath } from '../../../../src/model/ids.js';
import { temporaryCodebase } from '../../../support/temporary.js';
import { ROOT, contextFor, filesInBatches, joined, kept, output, paths, splitInBatches } from './harness.js';

const ESLINT_BIN = path.join(path.dirname(new URL(import.meta.resolve('eslint')).pathname), '../bin/eslint.js');
const CONFIG = `export default [
  { ignores: ['ignored.js'] },
  { files: ['**/*.js'], rules: { 'no-unused-vars': 'warn', eqeqeq: 'error', 'no-new-symbol': 'error' } },
];`;
const FILES = paths(
  'a.js',
  'clean.js',
  'deep/b c.js',
  'ignored.js',
  'none.txt',
  'suppressed.js',
  'syntax.js',
  'ümlaut.js',
);

const entry = (filePath: string, errorCount = 0, warningCount = 0, more: object = {}): object => ({
  filePath,
  messages: [],
  suppressedMessages: [],
  errorCount,
  fatalErrorCount: 0,
  warningCount,
  fixableErrorCount: 0,
  fixableWarningCount: 0,
  usedDeprecatedRules: [],
  ...more,
});

const report = (...entries: readonly object[]): string => `${JSON.stringify(entries)}\n`;

function codebase(): string {
  return temporaryCodebase({
    'eslint.config.mjs': CONFIG,
    'a.js': 'const unused = 1;\nif (globalThis.a == 1) globalThis.b = "\\u2028";\n',
    'clean.js': 'export default 1;\n',
    'deep/b c.js': 'if (globalThis.a == 1) globalThis.b = 2;\n',
    'ignored.js': 'x ==',
    'none.txt': 'text\n',
    'suppressed.js': '// eslint-disable-next-line eqeqeq -- "why"\nglobalThis.a == 1;\n',
    'syntax.js': 'const = ;\n',
    'ümlaut.js': 'const ü = 1;\n',
  }).root;
}

function run(root: string, files: readonly string[], flags: readonly string[] = []): ReturnType<typeof output> {
  const called = spawnSync(process.execPath, [ESLINT_BIN, '--format', 'json', ...flags, ...files], { cwd: root });
  return { stdout: called.stdout, stderr: called.stderr, exitCode: called.status ?? -1 };
}

describe('eslint-json', () => {
  it('the parts of several real calls join to what ESLint prints for all files, byte for byte', function () {
    this.timeout(60_000);
    const root = codebase();
    const place = { root, cwd: root, command: ['eslint', '--format', 'json'] };
    const batches = [
      paths('a.js', 'none.txt', 'ümlaut.js'),
      paths('clean.js', 'deep/b c.js', 'ignored.js'),
      paths('suppressed.js', 'syntax.js'),
    ];
    const whole = run(root, FILES);
    const parts = splitInBatches(eslintJson, (files) => run(root, files), batches, place);
    expect(parts.map(([file]) => file)).to.deep.equal(FILES);
    expect(joined(eslintJson, parts, place)).to.equal(whole.stdout.toString());
    expect(eslintJson.exitCode(parts, place)).to.equal(whole.exitCode).and.to.equal(1);
    expect(JSON.stringify(parts)).not.to.include(root);
    expect(kept(eslintJson.split(whole, contextFor(FILES, place)).parts)).to.deep.equal(parts);
  });

  it('the results of the ESLint class, formatted by its own json formatter, come back byte for byte', async () => {
    const root = codebase();
    const eslint = new ESLint({ cwd: root });
    const results = await eslint.lintFiles([...FILES]);
    const text = `${await (await eslint.loadFormatter('json')).format(results, {})}\n`;
    const place = { root, cwd: root };
    const { parts, unanswered, unexpected } = eslintJson.split(output(text, 1), contextFor(FILES, place));
    expect({ unanswered, unexpected }).to.deep.equal({ unanswered: [], unexpected: [] });
    expect(joined(eslintJson, kept(parts), contextFor([], place))).to.equal(text);
  });

  it('warnings of several calls count together against --max-warnings, as in ESLint itself', function () {
    this.timeout(60_000);
    const root = codebase();
    for (const [flags, limit] of [
      [['--max-warnings', '1'], 1],
      [['--max-warnings=9'], 9],
    ] as const) {
      const place = { root, cwd: root, command: ['eslint', ...flags] };
      const files = paths('clean.js', 'none.txt', 'ümlaut.js');
      const parts = splitInBatches(
        eslintJson,
        (batch) => run(root, batch, flags),
        files.map((file) => [file]),
        place,
      );
      const whole = run(root, files, flags);
      expect(eslintJson.exitCode(parts, place), `limit ${limit}`).to.equal(whole.exitCode);
      expect([...eslintJson.joinErrors(parts, place)].join('')).to.equal(Buffer.from(whole.stderr).toString());
    }
  });

  it('with --quiet a file without errors is answered, and joined it is not there', function () {
    this.timeout(60_000);
    const root = codebase();
    const place = { root, cwd: root, command: ['eslint', '--quiet'] };
    const files = paths('a.js', 'clean.js', 'ümlaut.js');
    const parts = splitInBatches(
      eslintJson,
      (batch) => run(root, batch, ['--quiet']),
      files.map((file) => [file]),
      place,
    );
    expect(parts).to.have.length(3);
    expect(joined(eslintJson, parts, place)).to.equal(run(root, files, ['--quiet']).stdout.toString());
  });

  it('any dealing out of files to calls gives the same parts and the same report', () => {
    const tool = (files: readonly SourcePath[]): ReturnType<typeof output> => {
      const entries = files.map((file) => entry(`${ROOT}/${file}`, file.length % 3, 1, { source: `${file}\n` }));
      return output(report(...entries), files.some((file) => file.length % 3 > 0) ? 1 : 0);
    };
    fc.assert(
      fc.property(filesInBatches, ({ files, batches }) => {
        const whole = tool(files);
        const parts = splitInBatches(eslintJson, tool, batches);
        expect(parts).to.deep.equal(splitInBatches(eslintJson, tool, [files]));
        expect(joined(eslintJson, parts, contextFor([]))).to.equal(Buffer.from(whole.stdout).toString());
        expect(eslintJson.exitCode(parts, contextFor([]))).to.equal(whole.exitCode);
      }),
    );
  });

  it('after the project was moved, files are named below the new root', () => {
    const { parts } = eslintJson.split(output(report(entry(`${ROOT}/src/a.js`))), contextFor(['src/a.js']));
    const moved = joined(eslintJson, kept(parts), { root: '/new place', cwd: '/new place', command: [] });
    expect(moved).to.equal(report(entry('/new place/src/a.js')));
  });

  it('Windows names are understood and written back with backslashes', () => {
    const place = { root: 'C:\\shop', cwd: 'C:\\shop' };
    const text = report(entry('C:\\shop\\src\\a.js'));
    const { parts } = eslintJson.split(output(text), contextFor(['src/a.js'], place));
    expect([...parts.keys()]).to.deep.equal(['src/a.js']);
    expect(joined(eslintJson, kept(parts), contextFor([], place))).to.equal(text);
  });

  it('a member named __proto__ is kept as it came', () => {
    const text = `[{"filePath":"${ROOT}/a.js","__proto__":{"x":1},"messages":[],"errorCount":0}]\n`;
    const { parts } = eslintJson.split(output(text), contextFor(['a.js']));
    expect(joined(eslintJson, kept(parts), contextFor([]))).to.equal(text);
    expect(({} as { x?: number }).x).to.equal(undefined);
  });

  it('a file that ESLint says nothing of is unanswered, one that was not asked about is unexpected', () => {
    const text = report(entry(`${ROOT}/a.js`), entry('/elsewhere/b.js'));
    const split = eslintJson.split(output(text), contextFor(['c.js', 'a.js']));
    expect(split.unanswered).to.deep.equal(['c.js']);
    expect(split.unexpected).to.deep.equal(['/elsewhere/b.js']);
  });

  it('no files at all is an empty list', () => {
    expect(joined(eslintJson, [], contextFor([]))).to.equal('[]\n');
  });

  it('a fatal error exits with 2 where --exit-on-fatal-error is in the command', () => {
    const place = { command: ['eslint', '--exit-on-fatal-error'] };
    const text = report(entry(`${ROOT}/a.js`, 1, 0, { fatalErrorCount: 1 }));
    const { parts } = eslintJson.split(output(text, 2), contextFor(['a.js'], place));
    expect(eslintJson.exitCode(kept(parts), contextFor([], place))).to.equal(2);
  });

  const refused: readonly (readonly [string, string, number, RegExp])[] = [
    [
      'an exit code that the counts do not explain',
      report(entry(`${ROOT}/a.js`)),
      1,
      /exited with 1 where its counts make 0/,
    ],
    ['a crash', report(entry(`${ROOT}/a.js`)), 2, /exited with 2/],
    ['json-with-metadata', '{"results":[],"metadata":{}}', 0, /not json-with-metadata/],
    ['an entry without filePath', '[{"messages":[]}]', 0, /entry 0 has no "filePath"/],
    ['an object', '{}', 0, /not a list/],
    ['a text in front', `> shop@1.0.0 lint\n${report()}`, 0, /begins with "> shop@1\.0\.0 lint"/],
  ];
  for (const [what, text, exitCode, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => eslintJson.split(output(text, exitCode), contextFor(['a.js']))).to.throw(CacheError, message);
    });
  }

  it('refuses --quiet together with --max-warnings: quiet reports do not tell of warnings', () => {
    const place = { command: ['eslint', '--quiet', '--max-warnings=0'] };
    expect(() => eslintJson.split(output('[]\n'), contextFor(['a.js'], place))).to.throw(CacheError, /leave out one/);
  });

  it('the command line of ESLint is where this test expects it', () => {
    expect(fs.existsSync(ESLINT_BIN)).to.equal(true);
  });
});
