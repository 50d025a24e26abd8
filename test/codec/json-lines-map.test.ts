import { expect } from 'chai';
import fc from 'fast-check';
import { JsonLinesMap } from '../../src/codec/json-lines-map.js';
import { byCodeUnit } from '../../src/util/paths.js';

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('__proto__', 'constructor', '10', '9', 'a"b', 'a\\', 'a\nb', 'ü', '😀', ''),
);
const value = fc.constantFrom('1', '{ "x": "y" }', '"\\n,"', '[]', '"a: b"');
const sorted = (map: Map<string, string>): [string, string][] => [...map].sort(([a], [b]) => byCodeUnit(a, b));

describe('JsonLinesMap', () => {
  it('a patched map is byte for byte the map made from the edited entries', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 12 }),
        fc.array(fc.tuple(name, fc.option(value, { nil: undefined })), { maxLength: 12 }),
        (before, edits) => {
          const entries = new Map(before);
          const map = JsonLinesMap.fromEntries(sorted(entries), 4);
          const patched = map.patch(new Map(edits));
          for (const [key, edited] of new Map(edits)) {
            if (edited === undefined) entries.delete(key);
            else entries.set(key, edited);
          }
          expect(patched.block.toString()).to.equal(JsonLinesMap.fromEntries(sorted(entries), 4).block.toString());
          expect([...patched.entries()]).to.deep.equal(sorted(entries));
          for (const [key] of [...before, ...edits]) expect(patched.get(key)).to.equal(entries.get(key));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('the block between braces is the JSON object that was put in', () => {
    const map = JsonLinesMap.fromEntries(
      sorted(
        new Map([
          ['b', '1'],
          ['__proto__', '2'],
          ['10', '3'],
          ['9', '4'],
        ]),
      ),
      2,
    );
    expect(map.block.toString()).to.equal('  "10": 3,\n  "9": 4,\n  "__proto__": 2,\n  "b": 1');
    expect(Object.entries(JSON.parse(`{\n${map.block.toString()}\n}`) as object)).to.have.length(4);
  });
});
