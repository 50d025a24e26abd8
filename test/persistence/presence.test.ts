import { expect } from 'chai';
import fc from 'fast-check';
import type { InputDependency } from '../../src/model/dependency.js';
import { AnalysisDocument } from '../../src/persistence/analysis-document.js';
import { inputsByFolder, NO_PRESENCE, patchPresence, type VouchedInput } from '../../src/persistence/presence.js';
import { canonicalJson } from '../../src/util/canonical-json.js';

const all = (presence: typeof NO_PRESENCE): VouchedInput[] =>
  [...inputsByFolder(presence, () => true)].flatMap(([folder, inputs]) => inputs.map((input) => ({ folder, input })));

const sorted = (inputs: Iterable<VouchedInput>): string[] => [...inputs].map((one) => canonicalJson(one)).sort();

const folder = fc.constantFrom('.', 'src', 'src/deep', '__proto__', 'a"b\\c');
const name = fc.constantFrom('x.ts', 'gone/y.ts', '__proto__', 'constructor', 'with "quotes"', 'new\nline', 'ü');
const vouched: fc.Arbitrary<VouchedInput> = fc
  .tuple(folder, name, fc.constantFrom('absent', 'exists', 'listing'))
  .map(([place, file, kind]): VouchedInput => {
    const path = place === '.' ? file : `${place}/${file}`;
    const input: InputDependency =
      kind === 'listing' ? { kind, path: place, hash: `sha256:${'0'.repeat(64)}` } : { kind: kind as 'absent', path };
    return { folder: place, input };
  });

describe('presence', () => {
  it('holds what was added and not dropped, each once, whatever folders and files are called', () => {
    fc.assert(
      fc.property(fc.array(vouched), fc.array(vouched), fc.array(vouched), (first, dropped, added) => {
        const before = patchPresence(NO_PRESENCE, { added: first, dropped: [] });
        const after = patchPresence(before, { added, dropped });
        const gone = new Set(sorted(dropped));
        const kept = [...new Set(sorted(first))].filter((one) => !gone.has(one));
        expect(sorted(all(after))).to.deep.equal([...new Set([...kept, ...sorted(added)])].sort());
      }),
    );
  });

  it('asks only for the folders that are wanted', () => {
    const one = (place: string): VouchedInput => ({ folder: place, input: { kind: 'absent', path: `${place}/x` } });
    const presence = patchPresence(NO_PRESENCE, { added: [one('a'), one('b')], dropped: [] });
    const wanted = [...inputsByFolder(presence, (place) => place === 'b')];
    expect(wanted).to.deep.equal([['b', [{ kind: 'absent', path: 'b/x' }]]]);
  });

  it('leaves no line for a folder that vouches for nothing any more', () => {
    const input: VouchedInput = { folder: 'a', input: { kind: 'exists', path: 'a/x' } };
    const presence = patchPresence(NO_PRESENCE, { added: [input], dropped: [] });
    expect(patchPresence(presence, { added: [], dropped: [input] }).block).to.have.length(0);
  });

  it('survives in an analysis, and is refused there in any other layout', async () => {
    const { loadValidators } = await import('../../src/schema/validate.js');
    const { goodAnalysis } = await import('../schema/documents.js');
    const { files: _, presence: __, digest: ___, metrics: ____, anythingElse: _____, ...head } = goodAnalysis;
    const input: VouchedInput = { folder: '.', input: { kind: 'absent', path: 'gone.ts' } };
    const presence = patchPresence(NO_PRESENCE, { added: [input], dropped: [] });
    const { bytes } = AnalysisDocument.encode(head as never, NO_PRESENCE, { metrics: {} }, presence);
    const opened = AnalysisDocument.open(bytes, await loadValidators());
    expect(opened.ok && all(opened.document.presence)).to.deep.equal([input]);
    const { sealText } = await import('../../src/codec/sealed-json.js');
    const body = bytes.toString('utf8', 0, bytes.lastIndexOf('  "digest"'));
    const other = sealText(body.replace('"absent": ["gone.ts"]', '"absent":  ["gone.ts"]'));
    expect(AnalysisDocument.open(other, await loadValidators()).ok).to.equal(false);
  });
});
