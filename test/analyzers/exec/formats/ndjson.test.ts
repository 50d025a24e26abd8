import { expect } from 'chai';
import fc from 'fast-check';
import { findFormat } from '../../../../src/analyzers/exec/formats/find-format.js';
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

const ndjson = findFormat('ndjson', { pathField: 'file' });
const print = (...lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

describe('ndjson', () => {
  it('any dealing out of files to calls gives the same parts and the report of all files, byte for byte', () => {
    const tool = (files: readonly SourcePath[]): ReturnType<typeof output> => {
      const lines = files.flatMap((file) => count(countFor(file)).map((line) => ({ line, file: `${ROOT}/${file}` })));
      return output(print(...lines), lines.length > 0 ? 1 : 0);
    };
    fc.assert(
      fc.property(filesInBatches, ({ files, batches }) => {
        const whole = tool(files);
        const parts = splitInBatches(ndjson, tool, batches);
        expect(parts).to.deep.equal(splitInBatches(ndjson, tool, [files]));
        expect(joined(ndjson, parts, contextFor([]))).to.equal(Buffer.from(whole.stdout).toString());
        expect(ndjson.exitCode(parts, contextFor([]))).to.equal(whole.exitCode);
      }),
    );
  });

  it('lines without a path come from the newest part and stand at the end', () => {
    const call = (path: string): ReturnType<typeof kept> =>
      kept(ndjson.split(output(print({ summary: path }, { file: path })), contextFor([path])).parts);
    const parts = [...call('a'), ...call('b')];
    expect(joined(ndjson, parts, contextFor([]))).to.equal(print({ file: 'a' }, { file: 'b' }, { summary: 'a' }));
    const newest = new Set(paths('b'));
    expect(joined(ndjson, parts, { ...contextFor([]), newest })).to.equal(
      print({ file: 'a' }, { file: 'b' }, { summary: 'b' }),
    );
  });

  it('Windows line ends, empty lines and no output at all are understood', () => {
    const { parts } = ndjson.split(output('{"file":"a"}\r\n\r\n{"file":"a"}'), contextFor(['a']));
    expect(joined(ndjson, kept(parts), contextFor([]))).to.equal(print({ file: 'a' }, { file: 'a' }));
    expect([...ndjson.split(output(''), contextFor(['a', 'b'])).parts.keys()]).to.deep.equal(['a', 'b']);
  });

  it('refuses a line that is no JSON and names it', () => {
    const split = (text: string) => () => ndjson.split(output(text), contextFor(['a']));
    expect(split('{"file":"a"}\n{"file":')).to.throw(CacheError, /line 2: it is not JSON/);
    expect(split('Compiling…\n')).to.throw(CacheError, /line 1: it is not JSON/);
    expect(split('{"file":"a"}\n17\n')).to.throw(CacheError, 'line 2 is no object');
  });
});
