import { expect } from 'chai';
import fc from 'fast-check';
import fs from 'node:fs';
import { Tree, filesOf, laterStamp, problemsOf, scanAgain, scanTree } from './support/tree.js';

const NAMES = [
  'a',
  'b',
  'a/a',
  'a/b',
  'b/a',
  'b/a/a',
  'a-b',
  'c.log',
  'a/c.log',
  '__proto__',
  '.gitignore',
  'a/.gitignore',
  'b/a/.gitignore',
];

type Edit =
  | { kind: 'write'; name: string; text: string }
  | { kind: 'remove'; name: string }
  | { kind: 'rename'; name: string; to: string }
  | { kind: 'link'; name: string; to: string };

const name = fc.constantFrom(...NAMES);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      name,
      text: fc.constantFrom('a', 'b', '*.log', 'a', '!a/'),
    }),
  },
  fc.record({ kind: fc.constant('remove' as const), name }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), name, to: name }) },
  fc.record({ kind: fc.constant('link' as const), name, to: name }),
);

/** Some edits, and whether what is there counts as old at the scan after them. */
const round = fc.record({ edits: fc.array(edit, { minLength: 1, maxLength: 5 }), isOld: fc.boolean() });

/** An edit that the tree does not allow (a file in the way) is no edit. */
function apply(tree: Tree, step: Edit): void {
  try {
    if (step.kind === 'write') tree.write(step.name, step.text);
    else if (step.kind === 'remove') fs.rmSync(tree.at(step.name), { recursive: true });
    else if (step.kind === 'rename') fs.renameSync(tree.at(step.name), tree.at(step.to));
    else fs.symlinkSync(tree.at(step.to), tree.at(step.name));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

describe('invariant 1: a scan with a cache equals a scan without', () => {
  for (const changeDetection of ['stat', 'content'] as const) {
    it(`for any edits between the scans, by ${changeDetection}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(round, { maxLength: 6 }), async (rounds) => {
          const tree = new Tree();
          try {
            let cache: Uint8Array | undefined;
            let before: Map<string, string> | undefined;
            for (const { edits, isOld } of rounds) {
              for (const step of edits) apply(tree, step);
              const stamp = isOld ? laterStamp(tree.root) : undefined;
              const next = await scanAgain(tree.root, cache, { changeDetection, stamp });
              const fresh = await scanTree(tree.root);
              expect(filesOf(next.result)).to.deep.equal(filesOf(fresh));
              expect(problemsOf(next.result)).to.deep.equal(problemsOf(fresh));
              const now = new Map(filesOf(fresh));
              if (before !== undefined) expect(next.result.delta?.diff).to.deep.equal(diffOf(before, now));
              [cache, before] = [next.cache, now];
            }
          } finally {
            tree.remove();
          }
        }),
        { numRuns: 100 },
      );
    }).timeout(60_000);
  }
});

function diffOf(before: Map<string, string>, now: Map<string, string>): object {
  const paths = [...now.keys()];
  return {
    added: paths.filter((path) => !before.has(path)),
    changed: paths.filter((path) => before.has(path) && before.get(path) !== now.get(path)),
    removed: [...before.keys()].filter((path) => !now.has(path)),
    unchangedCount: paths.filter((path) => before.get(path) === now.get(path)).length,
  };
}
