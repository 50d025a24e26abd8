import { expect } from 'chai';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { CacheError } from '../../src/model/errors.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { realFs } from '../../src/util/fs.js';
import { childScript } from '../support/compiled.js';
import { faultyFs, type Fault, type Operation } from '../support/fault-fs.js';
import { cacheOf, runOptions, SCENARIOS, type Scenario } from '../support/kill-scenarios.js';
import { Calls, canonical, fresh, observe } from '../support/oracle.js';
import { dropFolder, filesBelow, temporaryFolder } from '../support/temporary.js';

/** Children at the same time. */
const CHILDREN = 3;

/** What must hold whatever happened: the next open works, nothing is a mixture, the next run is right, and then all is calm. */
async function check(folder: string, { toys }: Scenario, versions: readonly string[], expected: string): Promise<void> {
  const manager = await PersistenceManager.open({ basePath: cacheOf(folder) });
  const loaded = await manager.loadAnalysis('toy');
  if (loaded !== undefined && !versions.includes(loaded.versionId)) {
    const unreadable: string[] = [];
    for await (const file of loaded.files()) if (file.contentHash === null) unreadable.push(file.path);
    expect(unreadable, 'a new analysis without its records').to.deep.equal([]);
  }
  const calls = new Calls();
  const options = runOptions(folder, calls, toys);
  expect(await canonical((await observe(options)).run), 'the next run').to.equal(expected);
  calls.take();
  const again = await observe(options);
  expect(await canonical(again.run), 'the run after it').to.equal(expected);
  expect(calls.take(), 'ran in the run after it').to.deep.equal(
    ['moody src/d.md', ...(expected.includes('moody | failed') ? ['moody src/c.md'] : [])].sort(),
  );
  expect(again.of('document-corrupt'), 'damage that the next run left').to.deep.equal([]);
  const clock = { now: (): number => Date.now() + 60_000 };
  const later = await PersistenceManager.open({ basePath: cacheOf(folder), ports: { clock } });
  await later.prune('toy', { graceHours: 0 }).catch((error: unknown) => {
    // A torn version stops the clean-up; it says which, and goes with the repair.
    if (!(error instanceof CacheError) || error.code !== 'CACHE_PRUNE_STOPPED') throw error;
  });
  await later.verify('toy', { repair: true });
  await later.prune('toy', { graceHours: 0 });
  expect(
    filesBelow(cacheOf(folder)).filter((name) => name.includes('.tmp-')),
    'temporary files after clean-up',
  ).to.deep.equal([]);
  expect((await later.verify('toy')).problems, 'problems after the repair').to.deep.equal([]);
}

/** Resolves to whether the child was killed; any other end than that and success is an error. */
function playInChild(scenario: string, folder: string, fault: Fault): Promise<boolean> {
  const script = childScript('kill-child');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, JSON.stringify({ scenario, folder, fault })], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve(true);
      else if (code === 0) resolve(false);
      else reject(new Error(`the child ended with ${code ?? signal ?? '?'}: ${said}`));
    });
  });
}

describe('invariant 6: a kill at any point', () => {
  let kills = 0;

  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    it(`invariant 6: a kill at any write of ${scenario.title} costs re-analysis only`, async function () {
      this.timeout(0);
      const template = temporaryFolder();
      await scenario.prepare(template);
      const versions = (await (await PersistenceManager.open({ basePath: cacheOf(template) })).listVersions('toy')).map(
        ({ versionId }) => versionId,
      );
      const expected = await fresh(runOptions(template, new Calls(), scenario.toys));
      const counted = copyOf(template);
      const { fs: counting, operations } = faultyFs({ under: cacheOf(counted), base: realFs });
      await scenario.act(counted, counting);
      const points = pointsOf(operations);
      const next = points.values();
      const play = async (): Promise<void> => {
        for (const fault of next) {
          const folder = copyOf(template);
          try {
            if (await playInChild(name, folder, fault)) kills++;
            await check(folder, scenario, versions, expected);
          } catch (error) {
            throw new Error(`scenario ${name}, fault ${JSON.stringify(fault)}`, { cause: error });
          }
          dropFolder(folder);
        }
      };
      await Promise.all(Array.from({ length: CHILDREN }, play));
    });
  }

  after(() => {
    expect(kills, 'processes killed').to.be.at.least(300);
  });
});

/** Before every call that changes something, half-way through every write, and after the last; in between nothing changes. */
function pointsOf(operations: readonly Operation[]): Fault[] {
  const points = operations.flatMap(({ call }, index): Fault[] => {
    const before: Fault = { kind: 'kill', at: index + 1, when: 'before' };
    return call === 'writeSync' ? [before, { ...before, when: 'half-way' }] : [before];
  });
  return [...points, { kind: 'kill', at: operations.length, when: 'after' }];
}

function copyOf(template: string): string {
  const folder = temporaryFolder();
  fs.cpSync(template, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}
