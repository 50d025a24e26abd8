import { expect } from 'chai';
import { escape, escapeJson } from '../../src/cli/print/escape.js';
import { isAsciiOnly, progressMode } from '../../src/cli/print/progress.js';
import { progressAfter, progressLine, type ProgressState } from '../../src/cli/print/progress-line.js';
import { REASON_KINDS, reasonSentence } from '../../src/cli/print/reasons.js';
import { wantsColor } from '../../src/cli/print/style.js';
import { table } from '../../src/cli/print/table.js';
import { count, counted, duration, size } from '../../src/cli/print/units.js';
import type { ContentHash, Reason, SourcePath } from '../../src/index.js';

const OLD = 'xxh64:0000000000000001' as ContentHash;
const NEW = 'xxh64:0000000000000002' as ContentHash;

describe('print', () => {
  it('nothing that a terminal obeys gets through', () => {
    expect(escape('a\nb\u001b[31m\u009b1m\u202etxt\u0000')).to.equal('a\\nb\\e[31m\\u009b1m\\u202etxt\\u0000');
    expect(escape('naïve 日本 🎉')).to.equal('naïve 日本 🎉');
    expect(escape('lone \ud800')).to.equal('lone \\ud800');
  });

  it('escaped JSON is equal JSON', () => {
    const value = { name: 'x\u009b\u202e\u2028' };
    const text = escapeJson(JSON.stringify(value));
    expect(text).to.match(/^[\x20-\x7e]+$/);
    expect(JSON.parse(text)).to.deep.equal(value);
  });

  it('figures have the unit that says enough', () => {
    expect([count(0), count(999), count(1234567)]).to.deep.equal(['0', '999', '1,234,567']);
    expect([counted(1, 'file'), counted(2, 'file')]).to.deep.equal(['1 file', '2 files']);
    expect([0.04, 9.96, 214, 999.6, 5210, 59_960, 61_000, 3_700_000].map(duration)).to.deep.equal([
      ...['0 ms', '10 ms', '214 ms', '1000 ms', '5.2 s', '1 min 0 s', '1 min 1 s', '1 h 1 min'],
    ]);
    expect([0, 999, 1000, 10_240, 1.5e9].map(size)).to.deep.equal(['0 B', '999 B', '1 kB', '10.2 kB', '1.5 GB']);
  });

  it('columns are as wide as their widest cell', () => {
    expect(
      table(
        [
          ['a', '1'],
          ['long', '10'],
        ],
        { rightAligned: [1] },
      ),
    ).to.deep.equal(['a      1', 'long  10']);
  });

  it('every reason reads as a sentence with its old and its new value', () => {
    const reason: Reason = { kind: 'content-changed', old: OLD, new: NEW };
    expect(reasonSentence(reason)).to.equal(`content changed ${OLD} -> ${NEW}`);
    expect(reasonSentence({ kind: 'option-changed', option: '/minimum', old: '2', new: null })).to.equal(
      'analyzer option changed /minimum 2 -> nothing',
    );
    expect(reasonSentence({ kind: 'unchanged' })).to.equal('unchanged');
    expect(REASON_KINDS).to.include('invalidated');
  });

  it('the flag wins over NO_COLOR, NO_COLOR over FORCE_COLOR, FORCE_COLOR over the terminal', () => {
    const terminal = { isTTY: true };
    expect(wantsColor(terminal, {}, {})).to.equal(true);
    expect(wantsColor({ isTTY: false }, {}, {})).to.equal(false);
    expect(wantsColor(terminal, { TERM: 'dumb' }, {})).to.equal(false);
    expect(wantsColor({ isTTY: false }, { FORCE_COLOR: '1' }, {})).to.equal(true);
    expect(wantsColor(terminal, { FORCE_COLOR: '0' }, {})).to.equal(false);
    expect(wantsColor(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, {})).to.equal(false);
    expect(wantsColor(terminal, { NO_COLOR: '' }, {})).to.equal(true);
    expect(wantsColor(terminal, { FORCE_COLOR: '1' }, { color: false })).to.equal(false);
  });

  it('the bar is for terminals, lines are for CI, scripts get nothing', () => {
    const [stderr, write] = [{ isTTY: true }, { write: () => true, once: () => undefined }];
    const mode = (env: Record<string, string>, options = {}, isTTY = stderr.isTTY): string =>
      progressMode({ stderr: { ...write, isTTY }, env, options });
    expect(mode({})).to.equal('bar');
    expect(mode({}, { json: true })).to.equal('bar');
    expect(mode({}, {}, false)).to.equal('none');
    expect(mode({ CI: 'true' })).to.equal('lines');
    expect(mode({ TERM: 'dumb' })).to.equal('lines');
    for (const options of [{ quiet: true }, { progress: false }, { verbose: true }]) {
      expect(mode({ CI: 'true' }, options)).to.equal('none');
    }
  });

  it('the bar is ASCII unless the locale is UTF-8', () => {
    expect(isAsciiOnly({ LANG: 'C' }, 'linux')).to.equal(true);
    expect(isAsciiOnly({}, 'linux')).to.equal(true);
    expect(isAsciiOnly({ LANG: 'de_DE.UTF-8' }, 'linux')).to.equal(false);
    expect(isAsciiOnly({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, 'linux')).to.equal(true);
    expect(isAsciiOnly({ LANG: 'C.utf8' }, 'linux')).to.equal(false);
  });

  it('the bar shows files, rate and time left, and never wraps', () => {
    let state: ProgressState = { phase: 'scanning', done: 0, total: undefined, since: 0 };
    state = progressAfter(state, { type: 'scan-progress', done: 1200, total: undefined }, 100);
    const style = { columns: 80, ascii: true, noun: 'files' };
    expect(progressLine(state, 100, style)).to.equal('Scanning 1,200 files');
    state = progressAfter(state, { type: 'planned', run: 4, reuse: 0 }, 1000);
    const reason = { kind: 'forced' } as const;
    state = progressAfter(
      state,
      { type: 'task-finished', analyzer: 'x', path: 'a' as SourcePath, reason, durationMs: 1 },
      2000,
    );
    expect(progressLine(state, 2000, style)).to.equal('Analyzing [######------------------] 1/4 files  1/s  3 s left');
    expect(progressLine(state, 2000, { ...style, columns: 20 })).to.have.lengthOf(19);
  });
});
