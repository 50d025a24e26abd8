import { expect } from 'chai';
import fc from 'fast-check';
import { ruffJson } from '../../../../src/analyzers/exec/formats/ruff-json.js';
import { CacheError } from '../../../../src/model/errors.js';
import type { SourcePath } from '../../../../src/model/ids.js';
import {
  ROOT,
  contextFor,
  count,
  countFor,
  filesInBatches,
  joined,
  kept,
  output,
  paths,
  splitInBatches,
} from './harness.js';

/** One finding with the fields that ruff 0.14 prints. */
const finding = (filename: string, row: number, more: object = {}): object => ({
  cell: null,
  code: 'F401',
  end_location: { column: 10, row },
  filename,
  fix: { applicability: 'safe', edits: [{ content: '', location: { column: 1, row } }], message: 'Remove it' },
  location: { column: 8, row },
  message: '`os` imported but unused',
  name: 'unused-import',
  noqa_row: row,
  severity: 'error',
  url: 'https://docs.astral.sh/ruff/rules/unused-import',
  ...more,
});
const print = (findings: readonly object[]): string => JSON.stringify(findings, null, 2);

/** Sorts by name as bytes, whatever the order of its arguments. */
const ruff = (files: readonly SourcePath[]): ReturnType<typeof output> => {
  const sorted = [...files].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const findings = sorted.flatMap((file) => count(countFor(file)).map((row) => finding(`${ROOT}/${file}`, row)));
  return output(print(findings), findings.length > 0 ? 1 : 0);
};

describe('ruff-json', () => {
  it('any dealing out of files to calls gives the same parts and the report of all files, byte for byte', () => {
    fc.assert(
      fc.property(filesInBatches, ({ files, batches }) => {
        const whole = ruff(files);
        const parts = splitInBatches(ruffJson, ruff, batches);
        expect(parts).to.deep.equal(splitInBatches(ruffJson, ruff, [files]));
        expect(joined(ruffJson, parts, contextFor([]))).to.equal(Buffer.from(whole.stdout).toString());
        expect(ruffJson.exitCode(parts, contextFor([]))).to.equal(whole.exitCode);
      }),
    );
  });

  it('files are printed in the order of their bytes, not of their UTF-16 code units', () => {
    const files = paths('\u{1f600}ab.py', '\uff5eaa.py');
    expect(files.map(countFor)).not.to.include(0);
    const parts = splitInBatches(
      ruffJson,
      ruff,
      files.map((file) => [file]),
    );
    expect(joined(ruffJson, parts, contextFor([]))).to.equal(Buffer.from(ruff(files).stdout).toString());
  });

  it('a file of which ruff says nothing has no findings, and all of them clean is []', () => {
    const { parts, unanswered } = ruffJson.split(output('[]'), contextFor(['a.py', 'b.py']));
    expect([...parts.keys()]).to.deep.equal(['a.py', 'b.py']);
    expect(unanswered).to.deep.equal([]);
    expect(joined(ruffJson, kept(parts), contextFor([]))).to.equal('[]');
  });

  it('names below the root move with it', () => {
    const { parts } = ruffJson.split(output(print([finding(`${ROOT}/a.py`, 1)]), 1), contextFor(['a.py']));
    expect(JSON.stringify([...parts])).not.to.include(ROOT);
    expect(joined(ruffJson, kept(parts), { root: '/n', cwd: '/n', command: [] })).to.equal(
      print([finding('/n/a.py', 1)]),
    );
  });

  it('with --exit-zero findings do not fail', () => {
    const { parts } = ruffJson.split(output(print([finding(`${ROOT}/a.py`, 1)]), 0), contextFor(['a.py']));
    expect(ruffJson.exitCode(kept(parts), contextFor([]))).to.equal(0);
  });

  it('a file that ruff could not read or broke down over is unanswered, one that is not UTF-8 has a finding', () => {
    const findings = [
      finding(`${ROOT}/a.py`, 1, { code: 'E902', name: 'io-error', message: 'Permission denied (os error 13)' }),
      finding(`${ROOT}/b.py`, 1, { code: 'panic', name: 'panic', message: 'Panicked' }),
      finding(`${ROOT}/c.py`, 1, { code: 'E902', name: 'io-error', message: 'stream did not contain valid UTF-8' }),
    ];
    const split = ruffJson.split(output(print(findings), 1), contextFor(['a.py', 'b.py', 'c.py']));
    expect(split.unanswered).to.deep.equal(['a.py', 'b.py']);
  });

  it('refuses a failure of ruff itself, and a finding without a file', () => {
    const split = (text: string, exitCode: number) => () =>
      ruffJson.split(output(text, exitCode), contextFor(['a.py']));
    expect(split('[]', 2)).to.throw(CacheError, /exited with 2, which is a failure of ruff itself/);
    expect(split(print([{ ...finding('', 1), filename: null }]), 1)).to.throw(CacheError, /entry 0 has no "filename"/);
    expect(split('[]', 1)).to.throw(CacheError, /nothing in the report tells why/);
    expect(split('{}', 0)).to.throw(CacheError, /not a list/);
  });
});
