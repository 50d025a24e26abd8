import { expect } from 'chai';
import fc from 'fast-check';
import path from 'node:path';
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

const json = findFormat('json', { list: '/data/found items', pathField: 'where.path' });
const place = { cwd: `${ROOT}/src` };
const fromCwd = (file: string): string => path.posix.relative(place.cwd, `${ROOT}/${file}`);

describe('json', () => {
  for (const [indent, end] of [
    ['', ''],
    ['', '\n'],
    ['  ', '\n'],
    ['\t', ''],
  ] as const) {
    it(`indented with ${JSON.stringify(indent)}, ended with ${JSON.stringify(end)}: the parts of any calls join to the report of all files`, () => {
      const tool = (files: readonly SourcePath[]): ReturnType<typeof output> => {
        const items = files.flatMap((file) =>
          count(countFor(file)).map((line) => ({ line, where: { path: `./${fromCwd(file)}`, end: {} } })),
        );
        const document = {
          version: '1.0',
          data: { before: [], 'found items': items, after: null },
          '"\ue000"': '\ue000',
        };
        return output(JSON.stringify(document, null, indent) + end, items.length > 0 ? 7 : 0);
      };
      fc.assert(
        fc.property(filesInBatches, ({ files, batches }) => {
          const whole = tool(files);
          const parts = splitInBatches(json, tool, batches, place);
          expect(joined(json, parts, contextFor([], place))).to.equal(Buffer.from(whole.stdout).toString());
          expect(json.exitCode(parts, contextFor([]))).to.equal(whole.exitCode);
          if (indent === '') expect(parts).to.deep.equal(splitInBatches(json, tool, [files], place));
        }),
      );
    });
  }

  it('what is around the list comes from the newest part, long members are left out', () => {
    const format = findFormat('json', { list: '/results', pathField: '/path' });
    const document = (version: string): string =>
      JSON.stringify({ version, results: [], scanned: Array.from({ length: 1000 }, (_, index) => `f${index}`) });
    const parts = ['1', '2'].flatMap((version) =>
      kept(format.split(output(document(version)), contextFor([`${version}.js`])).parts),
    );
    expect(joined(format, parts, contextFor([]))).to.equal('{"version":"1","results":[]}');
    const newest = new Set(paths('2.js'));
    expect(joined(format, parts, { ...contextFor([]), newest })).to.equal('{"version":"2","results":[]}');
  });

  it('items without a path are kept with every file of their call and printed once, at the end', () => {
    const format = findFormat('json', { pathField: 'path' });
    const tool = (files: readonly SourcePath[]): ReturnType<typeof output> =>
      output(JSON.stringify([{ note: 'old configuration' }, ...files.map((path) => ({ path }))]), 1);
    const parts = splitInBatches(format, tool, [paths('a'), paths('b', 'c')]);
    expect(joined(format, parts, contextFor([]))).to.equal(
      '[{"path":"a"},{"path":"b"},{"path":"c"},{"note":"old configuration"}]',
    );
  });

  it('findings of a call that exited 0 do not fail, those of another may', () => {
    const format = findFormat('json', { pathField: 'path' });
    const call = (path: string, exitCode: number): ReturnType<typeof kept> =>
      kept(format.split(output(JSON.stringify([{ path }]), exitCode), contextFor([path, `${path}-clean`])).parts);
    expect(format.exitCode(call('a', 0), contextFor([]))).to.equal(0);
    expect(format.exitCode([...call('a', 0), ...call('b', 4), ...call('c', 2)], contextFor([]))).to.equal(4);
    expect(format.exitCode(call('b', 4).slice(1), contextFor([]))).to.equal(0);
  });

  it('a document without any part is still a document with its list', () => {
    expect(joined(json, [], contextFor([]))).to.equal('{"data":{"found items":[]}}\n');
  });

  it('files that were not asked about are reported', () => {
    const format = findFormat('json', { pathField: 'path' });
    const text = JSON.stringify([{ path: '/etc/passwd' }, { path: '../x' }, { path: '__proto__' }]);
    expect(format.split(output(text), contextFor(['a'])).unexpected).to.deep.equal([
      '/etc/passwd',
      '../x',
      '__proto__',
    ]);
  });

  it('refuses a document without that list, or with an exit code that nothing explains', () => {
    expect(() => json.split(output('{"data":{}}'), contextFor(['a']))).to.throw(
      CacheError,
      'no list at "/data/found items"',
    );
    expect(() => json.split(output('{"data":{"found items":[]}}', 1), contextFor(['a']))).to.throw(
      CacheError,
      /tells why/,
    );
  });
});
