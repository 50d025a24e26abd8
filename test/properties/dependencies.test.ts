import { expect } from 'chai';
import fc from 'fast-check';
import { DependencyModel, type Command, type ModelOptions } from '../support/dependency-model.js';
import { scale, seedOf } from '../support/scale.js';

const small = fc.nat({ max: 63 });
const few = fc.nat({ max: 2 });
const lines = fc.array(small, { maxLength: 4 });

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ do: fc.constant('write'), file: small, lines }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('same-size'), file: small, mtimeBack: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete'), file: small }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('touch', 'make-folder', 'remove-folder'), file: small }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('rename', 'swap'), file: small, other: small }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('variable', 'shared'), name: small, value: few }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('shout', 'version', 'toggle', 'narrow'), which: small }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('invalidate'), file: fc.option(small), analyzer: fc.option(small) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('lose'), what: small, which: small }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('checkout'), state: small }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('move-folder', 'other-detection', 'nothing') }) },
);

interface Mode extends ModelOptions {
  readonly title: string;
  /** Sequences in every run, and at night. */
  readonly sequences: readonly [number, number];
}

const plain = { shifted: false, oneManager: false, threads: false };
const modes: readonly Mode[] = [
  { ...plain, title: 'content', changeDetection: 'content', sequences: [150, 3_000] },
  { ...plain, title: 'stat, old files', changeDetection: 'stat', shifted: true, sequences: [200, 4_000] },
  { ...plain, title: 'stat, one manager', changeDetection: 'stat', oneManager: true, sequences: [140, 2_800] },
  { ...plain, title: 'threads', changeDetection: 'content', threads: true, sequences: [10, 200] },
];

describe('invariants 1 and 2 over random histories of analyzers that depend on other files', () => {
  for (const mode of modes) {
    it(`every run answers as one from scratch and runs the least that is possible (${mode.title})`, async function () {
      this.timeout(0);
      let [ran, reused] = [0, 0];
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 8, size: 'max' }), async (commands) => {
          const model = new DependencyModel(mode);
          try {
            await model.step({ do: 'nothing' });
            for (const next of commands) await model.step(next);
            await model.finish();
          } finally {
            ran += model.ran;
            reused += model.reused;
            model.drop();
          }
        }),
        { numRuns: scale(...mode.sequences), ...seedOf() },
      );
      expect(reused, 'most results come from the cache').to.be.greaterThan(ran);
    });
  }
});
