import { expect } from 'chai';
import fc from 'fast-check';
import { text } from '../../../../src/analyzers/exec/formats/text.js';
import { CacheError } from '../../../../src/model/errors.js';
import { ROOT, contextFor, joined, kept, output } from './harness.js';

describe('text', () => {
  it('is about one file per call', () => {
    expect(text.oneFilePerCall).to.equal(true);
    expect(() => text.split(output(''), contextFor(['a', 'b']))).to.throw(TypeError);
  });

  it('both streams of every file come back one after the other, and the exit code is the highest', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(ROOT, `${ROOT}/a.ts:1`, '\ufeff', '\r\n', '__proto__'),
    );
    const stream = fc.array(piece).map((pieces) => pieces.join(''));
    const call = fc.record({ stdout: stream, stderr: stream, exitCode: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(call), (calls) => {
        const parts = calls.flatMap(({ stdout, stderr, exitCode }, index) =>
          kept(text.split(output(stdout, exitCode, stderr), contextFor([`f${index}`])).parts),
        );
        expect(joined(text, parts, contextFor([]))).to.equal(calls.map(({ stdout }) => stdout).join(''));
        expect([...text.joinErrors(parts, contextFor([]))].join('')).to.equal(
          calls.map(({ stderr }) => stderr).join(''),
        );
        expect(text.exitCode(parts, contextFor([]))).to.equal(Math.max(0, ...calls.map(({ exitCode }) => exitCode)));
      }),
    );
  });

  it('the root in the text moves with the project; a longer name that begins like it does not', () => {
    const said = `${ROOT}/a.ts:3: see ${ROOT}, not ${ROOT}2/a.ts or /mnt${ROOT}/x`;
    const { parts } = text.split(output(said), contextFor(['a.ts']));
    const moved = joined(text, kept(parts), { root: '/new', cwd: '/new', command: [] });
    expect(moved).to.equal(`/new/a.ts:3: see /new, not ${ROOT}2/a.ts or /mnt${ROOT}/x`);
  });

  it('refuses bytes that are no text', () => {
    expect(() => text.split(output(Buffer.from([0xff, 0x00])), contextFor(['a']))).to.throw(CacheError, /UTF-8/);
  });
});
