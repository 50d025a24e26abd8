import { expect } from 'chai';
import fc from 'fast-check';
import { checkSeal, sealBytes, sealDocument, sealText } from '../../src/codec/sealed-json.js';

const DOCUMENT = { formatVersion: 1, text: 'a "quoted" é', nested: { list: [1, 2] } };

describe('a sealed document', () => {
  it('is JSON whose last property is its digest', () => {
    const value = JSON.parse(sealDocument(DOCUMENT).toString()) as Record<string, unknown>;
    expect(Object.keys(value).at(-1)).to.equal('digest');
    expect(value).to.deep.include(DOCUMENT);
    expect(checkSeal(sealDocument(DOCUMENT))).to.deep.equal({ ok: true, digest: value['digest'] });
  });

  it('can be empty', () => {
    expect(checkSeal(sealDocument({})).ok).to.equal(true);
    expect(JSON.parse(sealDocument({}).toString())).to.have.all.keys('digest');
  });

  it('is the same in pieces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(
          sealBytes([Buffer.from(one), Buffer.from(other)]).equals(
            sealText(Buffer.from(one).toString() + Buffer.from(other).toString()),
          ),
        ).to.equal(true);
      }),
    );
  });

  it('does not survive the change of any single bit', () => {
    const sealed = sealDocument(DOCUMENT);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const damaged = Buffer.from(sealed);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(checkSeal(damaged).ok, `bit ${bit}`).to.equal(false);
    }
  });

  it('does not survive a cut, something appended, or being printed again', () => {
    const sealed = sealDocument(DOCUMENT);
    for (let length = 0; length < sealed.length; length++)
      expect(checkSeal(sealed.subarray(0, length)).ok, `cut at ${length}`).to.equal(false);
    expect(checkSeal(Buffer.concat([sealed, Buffer.from('\n')])).ok).to.equal(false);
    expect(checkSeal(Buffer.from(JSON.stringify(JSON.parse(sealed.toString())))).ok).to.equal(false);
    expect(checkSeal(Buffer.from(sealed.toString().replaceAll('\n', '\r\n'))).ok).to.equal(false);
  });
});
