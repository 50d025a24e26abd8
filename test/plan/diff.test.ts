import { expect } from 'chai';
import fc from 'fast-check';
import { FileHashesDocument } from '../../src/persistence/file-hashes-document.js';
import { tableOf } from '../../src/persistence/changed-files.js';
import { diffByHashes } from '../../src/persistence/diff-committed.js';
import type { ContentHash, SourcePath } from '../../src/model/ids.js';
import { isEmptyDiff } from '../../src/plan/diff.js';
import { byCodeUnit } from '../../src/util/paths.js';

type Hashes = ReadonlyMap<string, string>;
const sorted = (hashes: Hashes): [SourcePath, ContentHash][] =>
  [...hashes].sort(([a], [b]) => byCodeUnit(a, b)) as [SourcePath, ContentHash][];
const path = fc.oneof(
  fc.constantFrom('a', 'b', 'a/b', '__proto__', 'constructor', '10', 'é', '\ud83d\ude00', 'a"b', 'a\nb'),
  fc.string({ minLength: 1 }),
);
const hashes = fc
  .array(fc.tuple(path, fc.constantFrom('xxh64:0000000000000001', 'xxh64:0000000000000002')), { maxLength: 12 })
  .map((entries) => new Map(entries));

describe('the difference of two sets of files', () => {
  it('is that of two plain maps', () => {
    fc.assert(
      fc.property(hashes, hashes, (before, now) => {
        const diff = diffByHashes(FileHashesDocument.fromEntries(sorted(before)), tableOf(sorted(now)));
        const names = (keep: (name: string) => boolean, from: Hashes): string[] =>
          [...from.keys()].filter(keep).sort(byCodeUnit);
        expect(diff).to.deep.equal({
          added: names((name) => !before.has(name), now),
          changed: names((name) => before.has(name) && before.get(name) !== now.get(name), now),
          removed: names((name) => !now.has(name), before),
          unchangedCount: [...now].filter(([name, hash]) => before.get(name) === hash).length,
        });
        expect(isEmptyDiff(diff)).to.equal(JSON.stringify(sorted(before)) === JSON.stringify(sorted(now)));
      }),
      { numRuns: 400 },
    );
  });
});
