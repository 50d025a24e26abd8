/** What a process does that may be killed at any moment. Run in a child by `kill-child.ts`, in this process to prepare and to compare. */
import fs from 'node:fs';
import path from 'node:path';
import type { AnalyzeOptions } from '../../src/analyze-codebase.js';
import { PersistenceManager } from '../../src/persistence/persistence-manager.js';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { Calls, observe, PLAIN_TOYS, toyAnalyzers, type Toys } from './oracle.js';
import { writeTree, type Tree } from './temporary.js';

export interface Scenario {
  readonly title: string;
  /** Before the process that is killed starts. */
  prepare(folder: string): Promise<void>;
  /** What that process does. */
  act(folder: string, fs: FileSystem): Promise<void>;
  /** How the analyzers are set up in `act` and after it. */
  readonly toys: Toys;
}

const FIRST: Tree = {
  'a.md': 'one two',
  'b.md': 'three',
  'src/c.md': 'FAIL now',
  'src/d.md': 'VOLATILE',
  __proto__: 'six',
  'e.md': 'one two',
};
const OTHER_TOYS: Toys = { version: '2', minimum: 4 };

export const treeOf = (folder: string): string => path.join(folder, 'tree');
export const cacheOf = (folder: string): string => path.join(folder, 'cache');

export function runOptions(folder: string, calls: Calls, toys: Toys, port: FileSystem = realFs): AnalyzeOptions {
  return {
    ...{ root: treeOf(folder), basePath: cacheOf(folder), analyzers: toyAnalyzers(calls, toys) },
    ports: { fs: port },
  };
}

const firstTree = (folder: string): Promise<void> => {
  fs.mkdirSync(treeOf(folder), { recursive: true });
  writeTree(treeOf(folder), FIRST);
  return Promise.resolve();
};

async function run(folder: string, toys: Toys, port?: FileSystem): Promise<void> {
  await observe(runOptions(folder, new Calls(), toys, port));
}

function edit(folder: string): void {
  writeTree(treeOf(folder), { 'a.md': 'one owt', 'new.md': 'seven', 'src/c.md': 'fine now' });
  fs.rmSync(path.join(treeOf(folder), 'b.md'));
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  first: {
    title: 'a first run',
    toys: PLAIN_TOYS,
    prepare: firstTree,
    act: (folder, port) => run(folder, PLAIN_TOYS, port),
  },
  edits: {
    title: 'a run after edits and a change of options',
    toys: OTHER_TOYS,
    prepare: async (folder) => {
      await firstTree(folder);
      await run(folder, PLAIN_TOYS);
      edit(folder);
    },
    act: (folder, port) => run(folder, OTHER_TOYS, port),
  },
  invalidate: {
    title: 'an invalidation and the run after it',
    toys: PLAIN_TOYS,
    prepare: async (folder) => {
      await firstTree(folder);
      await run(folder, PLAIN_TOYS);
    },
    act: async (folder, port) => {
      const manager = await PersistenceManager.open({ basePath: cacheOf(folder), ports: { fs: port } });
      await manager.invalidate('toy');
      await run(folder, PLAIN_TOYS, port);
    },
  },
  repair: {
    title: 'a run that replaces damaged records',
    toys: PLAIN_TOYS,
    prepare: async (folder) => {
      await firstTree(folder);
      await run(folder, PLAIN_TOYS);
      const place = path.join(cacheOf(folder), 'toy');
      for (const name of fs
        .readdirSync(place)
        .filter((each) => /^file_[0-9a-f]/.test(each))
        .slice(0, 6))
        fs.truncateSync(path.join(place, name), 40);
    },
    act: (folder, port) => run(folder, PLAIN_TOYS, port),
  },
};
