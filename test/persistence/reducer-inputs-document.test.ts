import { expect } from 'chai';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { JsonValue } from '../../src/model/json.js';
import { ReducerInputsDocument, type FileInputs } from '../../src/persistence/reducer-inputs-document.js';
import { byCodeUnit } from '../../src/util/paths.js';

const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', '10', '9', 'a"b', 'a\nb', '😀'),
  fc.string({ minLength: 1 }),
);
const inputs = fc
  .dictionary(name, fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }), { minKeys: 1, maxKeys: 3 }), {
    minKeys: 1,
    maxKeys: 3,
  })
  .map((line) => toMap(line as Record<string, Record<string, JsonValue>>));
const lines = fc.uniqueArray(fc.tuple(name, inputs), { selector: ([path]) => path, maxLength: 8 });

function toMap(line: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>): FileInputs {
  return new Map(Object.entries(line).map(([analyzer, selected]) => [analyzer, new Map(Object.entries(selected))]));
}

const documentOf = (entries: readonly (readonly [string, FileInputs])[]): ReducerInputsDocument =>
  ReducerInputsDocument.fromEntries([...entries].sort(([a], [b]) => byCodeUnit(a, b)));

describe('reducer_inputs.json', () => {
  it('says the same after it was written and read, whoever wrote it', () => {
    fc.assert(
      fc.property(lines, (entries) => {
        const document = documentOf(entries);
        const bytes = document.encode();
        expect(JSON.parse(bytes.toString())).to.be.an('object');
        for (const read of [ReducerInputsDocument.parse(bytes), ReducerInputsDocument.fromTrustedBytes(bytes)]) {
          // chai cannot compare objects that have a key `toString`.
          expect(isDeepStrictEqual([...(read?.entries() ?? [])], [...document.entries()])).to.equal(true);
          expect(read?.encode().equals(bytes)).to.equal(true);
        }
      }),
    );
  });

  it('a patched document is the one made anew', () => {
    fc.assert(
      fc.property(lines, lines, (entries, edits) => {
        const whole = new Map<string, FileInputs>([...entries, ...edits]);
        const patched = documentOf(entries).patch(new Map(edits));
        expect(patched.encode().toString()).to.equal(
          documentOf([...whole])
            .encode()
            .toString(),
        );
        const without = patched.patch(new Map(edits.map(([path]) => [path, new Map()])));
        for (const [path] of edits) expect(without.of(path).size).to.equal(0);
      }),
    );
  });

  it('takes nothing that is laid out in another way', () => {
    for (const text of [
      '',
      '[]',
      '{}',
      '{"a":{}}\n',
      '{\n  "a": { }\n}\n',
      '{\n  "a": { "x": { "v": 1 } },\n}\n',
      '{\n  "b": { "x": { "v": 1 } },\n  "a": { "x": { "v": 1 } }\n}\n',
      '{\n  "a": { "x": [1] }\n}\n',
      '{\n  "a": { "x": { "v":1 } }\n}\n',
      '{\n  "a": { "x": { "v": 1 } }\n}',
    ])
      expect(ReducerInputsDocument.parse(Buffer.from(text)), text).to.equal(undefined);
    expect(ReducerInputsDocument.parse(Buffer.from([0xff, 0xfe]))).to.equal(undefined);
    expect(ReducerInputsDocument.parse(Buffer.from('{}\n'))?.isEmpty).to.equal(true);
  });
});
