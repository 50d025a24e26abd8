/** A run without a session: real files, real threads, and a stand-in for whoever decides what runs. */
import path from 'node:path';
import type { AnyAnalyzer } from '../../src/model/analyzer.js';
import type { Dependency, InputDependency } from '../../src/model/dependency.js';
import type { SourcePath } from '../../src/model/ids.js';
import type { JsonValue } from '../../src/model/json.js';
import { resultDigest } from '../../src/run/analyze-one.js';
import type { AnalyzerModule } from '../../src/run/load-analyzer.js';
import type { Outcome } from '../../src/run/outcome.js';
import { runOne } from '../../src/run/run-tasks.js';
import { Slots } from '../../src/run/slots.js';
import type { DemandedResult, RunOptions, Task, TaskResult } from '../../src/run/task.js';
import type { WorkerPool } from '../../src/run/worker-pool.js';
import { observeFile, observeFolder, observePresence } from '../../src/scan/observe.js';
import { realFs } from '../../src/util/fs.js';
import { contentHasher } from '../../src/util/hash.js';

export const fileOf = (name: string): SourcePath => name as SourcePath;

export interface TestRun {
  readonly options: RunOptions;
  readonly results: Map<string, TaskResult>;
  tasksOf(analyzerId: string, files: readonly string[]): Promise<Task[]>;
  outcome(name: string): Outcome;
  /** Result of a task by `analyzer path`; fails where there is none. */
  result(name: string): unknown;
  dependencies(name: string): readonly Dependency[];
  close(): Promise<void>;
}

export async function testRun(
  root: string,
  analyzers: readonly { readonly analyzer: AnyAnalyzer; readonly module?: AnalyzerModule }[],
  given: Partial<RunOptions> = {},
): Promise<TestRun> {
  const hasher = await contentHasher('xxh64');
  const results = new Map<string, TaskResult>();
  const claimed = new Set<string>();
  const tasks = new Map<string, Task>();
  const waiting = new Map<string, (() => void)[]>();
  let pool: WorkerPool | undefined;
  const environment = { LANGUAGE: 'en' };
  const base = { fs: realFs, root, hasher, maxFileBytes: 1_000_000, hiddenFolders: [], environment };
  const isStillCurrent = (dependency: InputDependency): boolean => {
    switch (dependency.kind) {
      case 'content': {
        const seen = observeFile(dependency.path, base);
        return (seen.kind === 'file' ? seen.hash : null) === dependency.hash && seen.kind !== 'absent';
      }
      case 'listing': {
        const seen = observeFolder(dependency.path, base);
        return seen !== 'absent' && (seen === 'other' ? null : seen.hash) === dependency.hash;
      }
      case 'env':
        return true;
      default:
        return observePresence(dependency.path, base) === (dependency.kind === 'exists');
    }
  };
  const answer = (name: string): DemandedResult => {
    const outcome = results.get(name)?.outcome;
    if (outcome?.ok !== true) throw new Error(`${name} failed`);
    const value = JSON.parse(outcome.resultText) as JsonValue;
    return { value, hash: outcome.surface ?? resultDigest(value) };
  };
  const options: RunOptions = {
    ...base,
    analyzers: new Map(analyzers.map(({ analyzer, module }) => [analyzer.id, { analyzer, module }])),
    states: { isCurrent: isStillCurrent, isStillCurrent },
    followImports: () => Promise.reject(new Error('no imports are followed here')),
    files: () => [...tasks.values()],
    claim: (task) => {
      const name = nameOf(task);
      if (claimed.has(name)) return false;
      claimed.add(name);
      return true;
    },
    resultOf: async (_asker, analyzerId, file) => {
      const name = `${analyzerId} ${file}`;
      const task = tasks.get(name);
      if (task === undefined) return { value: undefined, hash: null };
      if (options.claim(task)) await runOne(task, options);
      else if (!results.has(name))
        await new Promise<void>((resolve) => waiting.set(name, [...(waiting.get(name) ?? []), resolve]));
      return answer(name);
    },
    takeHeld: () => undefined,
    concurrency: 2,
    slots: new Slots(2),
    together: () => undefined,
    signal: new AbortController().signal,
    pool: async () => {
      // As the session does it: the loader of tests gives `import.meta.resolve` to what is imported late.
      const { openWorkerPool } = await import('../../src/run/worker-pool.js');
      const { maxFileBytes, hiddenFolders } = base;
      return (pool ??= openWorkerPool(2, { root, contentHash: 'xxh64', maxFileBytes, hiddenFolders, environment }));
    },
    onResult: (task, result) => {
      results.set(nameOf(task), result);
      for (const resolve of waiting.get(nameOf(task)) ?? []) resolve();
      return Promise.resolve();
    },
    ...given,
  };
  const outcome = (name: string): Outcome => {
    const found = results.get(name);
    if (found === undefined)
      throw new Error(`There is no result of ${name}, only of ${[...results.keys()].join(', ')}`);
    return found.outcome;
  };
  const succeeded = (name: string): Extract<Outcome, { ok: true }> => {
    const found = outcome(name);
    if (!found.ok) throw new Error(found.message, { cause: found.cause });
    return found;
  };
  return {
    options,
    results,
    tasksOf: (analyzerId, files) => {
      const made = files.map((file): Task => {
        const seen = observeFile(file, base);
        if (seen.kind !== 'file') throw new Error(`There is no file ${path.join(root, file)}`);
        return { path: fileOf(file), analyzerId, contentHash: seen.hash };
      });
      for (const task of made) tasks.set(nameOf(task), task);
      return Promise.resolve(made);
    },
    outcome,
    result: (name) => JSON.parse(succeeded(name).resultText) as unknown,
    dependencies: (name) => succeeded(name).dependencies,
    close: async () => pool?.close(),
  };
}

const nameOf = ({ analyzerId, path: file }: Task): string => `${analyzerId} ${file}`;
