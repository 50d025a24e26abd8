import { expect } from 'chai';
import fc from 'fast-check';
import { DAMAGES } from '../support/damage.js';
import { Model, type Command, type ModelOptions } from '../support/model.js';
import { scale, seedOf } from '../support/scale.js';

const small = fc.nat({ max: 63 });
const where = fc.nat({ max: 40_000 });

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('edit', 'edit-mtime-back'), file: small, content: small }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('delete', 'touch', 'revert'), file: small }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('rename', 'swap'), file: small, other: small }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('options'), minimum: fc.integer({ min: 2, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('version'), version: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('analyzers'), mask: fc.integer({ min: 1, max: 15 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('include'), narrow: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('invalidate'), paths: fc.option(small), analyzers: fc.option(small) }),
  },
  {
    weight: 7,
    arbitrary: fc.record({ do: fc.constant('damage'), kind: fc.constantFrom(...DAMAGES), file: small, where }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('swap-cache-files', 'old-copy-back'), file: small, other: small }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('prune'), versions: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('concurrent', 'force', 'delete-analysis', 'delete-cache', 'nothing') }),
  },
);

const modes: readonly ModelOptions[] = [
  { changeDetection: 'stat', shifted: true, oneManager: false },
  { changeDetection: 'stat', shifted: false, oneManager: true },
  { changeDetection: 'content', shifted: false, oneManager: false },
  { changeDetection: 'stat', shifted: true, oneManager: true },
];

describe('invariants 1, 2 and 9 over random histories', () => {
  for (const mode of modes) {
    const title = `${mode.changeDetection}${mode.shifted ? ', old files' : ''}${mode.oneManager ? ', one manager' : ''}`;
    it(`every run answers as one from scratch and runs nothing without need (${title})`, async function () {
      this.timeout(0);
      let unhashed = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 6, maxLength: 20, size: 'max' }), async (commands) => {
          const model = new Model(mode);
          try {
            for (const next of commands) await model.step(next);
            await model.finish();
            unhashed += model.unhashed;
          } finally {
            model.drop();
          }
        }),
        { numRuns: scale(130, 2_500), ...seedOf() },
      );
      if (mode.shifted) expect(unhashed, 'runs that read no file').to.be.greaterThan(0);
    });
  }
});
