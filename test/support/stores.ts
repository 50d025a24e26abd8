/**
 * What the tests of stores tell whoever started them: which stores passed the conformance suite, and which were skipped. It goes through a
 * file, since test files run in several processes; its lines are `exercised STORE` and `skipped WHY`.
 */
import fs from 'node:fs';
import { describeStoreConformance, type StoreConformance } from '../../src/testing/index.js';

/** Names that file. Set by the reporter where nobody else did. */
export const STORES_VARIABLE = 'DOCUMEE_TEST_STORES';

export type StoreName = 'memory' | 'file' | 'sqlite' | 'redis' | 'postgres' | 's3' | 'azure' | 'google';

/** The conformance suite over `store`, which counts as exercised if every one of the tests passed. */
export function describeStore(store: StoreName, conformance: StoreConformance): void {
  let passed = 0;
  let defined = 0;
  let depth = 0;
  describeStoreConformance({
    ...conformance,
    tests: {
      describe: (title, define) =>
        describe(title, () => {
          depth++;
          define();
          depth--;
          if (depth > 0) return;
          after(() => {
            if (passed === defined) tell(`exercised ${store}`);
          });
        }),
      it: (title, test) => {
        defined++;
        it(title, async () => {
          await test();
          passed++;
        });
      },
      before,
      after,
    },
  });
}

export const tellSkipped = (why: string): void => tell(`skipped ${why}`);

/** What was skipped, each once. */
export function skippedStores(): string[] {
  const file = process.env[STORES_VARIABLE];
  if (file === undefined || !fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return [...new Set(lines)].filter((line) => line.startsWith('skipped ')).map((line) => line.slice('skipped '.length));
}

function tell(line: string): void {
  const file = process.env[STORES_VARIABLE];
  if (file !== undefined) fs.appendFileSync(file, `${line}\n`);
}
