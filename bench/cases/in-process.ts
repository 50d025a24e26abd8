/** The library against the loop that somebody would write without it, in one process. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { analyzeCodebase, defineAnalyzer, type AnalysisRun } from '../../dist/index.js';
import { compare } from '../measure.js';
import { ms, type Row } from '../table.js';
import { filePlace } from '../tree.js';
import type { BenchTree } from './whole-process.js';

const trivial = defineAnalyzer({
  id: 'trivial',
  version: '1',
  analyze: (file) => ({ bytes: file.bytes.length, first: file.bytes[0] ?? null }),
});

/** A first run, against read + analyze + writeFileSync for the same files. */
export async function firstRunRow(tree: BenchTree, folder: string, rounds: number): Promise<Row> {
  const places = Array.from({ length: tree.count }, (_, index) => filePlace(index));
  let number = 0;
  const fresh = (): string => path.join(folder, `first-${number++}`);
  let target = '';
  const ours = {
    name: 'analyzeCodebase',
    before: () => {
      target = fresh();
    },
    run: async () => {
      await analyzeCodebase({
        root: tree.root,
        codebaseId: 'bench',
        analyzers: [trivial],
        basePath: target,
        changeDetection: 'stat',
      });
    },
  };
  const loop = {
    name: 'bare loop',
    before: () => {
      target = fresh();
      fs.mkdirSync(target, { recursive: true });
    },
    run: () => {
      for (const [index, place] of places.entries()) {
        const bytes = fs.readFileSync(path.join(tree.root, place));
        const result = { bytes: bytes.length, first: bytes[0] ?? null };
        fs.writeFileSync(path.join(target, `file_${index}.json`), JSON.stringify({ path: place, result }, null, 2));
      }
    },
  };
  const { oursMs, referenceMs, ratio } = await compare(ours, loop, rounds);
  return {
    ...{
      what: 'first run',
      size: tree.size,
      ours: ms(oursMs),
      reference: `read + analyze + writeFileSync: ${ms(referenceMs)}`,
    },
    ...{ value: ratio, atMost: 1.6, goal: 1.2 },
  };
}

/** Loading every result, against readFileSync + JSON.parse of the same records. */
export async function loadAllRow(tree: BenchTree, folder: string, rounds: number): Promise<Row> {
  const basePath = path.join(folder, 'load-all');
  const options = { root: tree.root, codebaseId: 'bench', analyzers: [trivial], basePath };
  await analyzeCodebase(options);
  const run: AnalysisRun = await analyzeCodebase(options);
  const records = fs
    .readdirSync(path.join(basePath, 'bench'))
    .filter((name) => name.startsWith('file_') && name !== 'file_hashes.json');
  let loaded = 0;
  const ours = {
    name: 'run.results()',
    run: async () => {
      loaded = 0;
      for await (const { result } of run.results()) loaded += result === null ? 0 : 1;
    },
  };
  const loop = {
    name: 'bare loop',
    run: () => {
      for (const name of records) JSON.parse(fs.readFileSync(path.join(basePath, 'bench', name), 'utf8'));
    },
  };
  const { oursMs, referenceMs, ratio } = await compare(ours, loop, rounds);
  if (loaded !== records.length) throw new Error(`loaded ${loaded} of ${records.length} results`);
  return {
    ...{ what: 'load every result', size: `${records.length.toLocaleString('en-US')} records`, ours: ms(oursMs) },
    ...{ reference: `readFileSync + JSON.parse: ${ms(referenceMs)}`, value: ratio, atMost: 1.5, goal: 1.1 },
  };
}

/** `structure` with two worker threads, against one. Sources: JavaScript and TypeScript of the installed packages. */
export async function workersRow(folder: string, rounds: number): Promise<Row> {
  const root = path.join(folder, 'workers-tree');
  const count = copySources(root, 3000);
  let number = 0;
  const withThreads = (concurrency: number) => ({
    name: `${concurrency} threads`,
    run: async () => {
      const basePath = path.join(folder, `workers-${number++}`);
      await analyzeCodebase({
        root,
        codebaseId: 'bench',
        analyzers: ['structure'],
        basePath,
        concurrency,
        gitignore: false,
      });
    },
  });
  const { oursMs, referenceMs, ratio } = await compare(withThreads(2), withThreads(1), rounds);
  return {
    ...{
      what: 'structure, first run, 2 workers',
      size: `${count} files on ${os.availableParallelism()} cores`,
      ours: ms(oursMs),
    },
    ...{ reference: `1 worker: ${ms(referenceMs)}`, value: ratio, atMost: 0.65, goal: 0.55 },
  };
}

function copySources(root: string, limit: number): number {
  let count = 0;
  const visit = (folder: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (count >= limit) return;
      const place = path.join(folder, entry.name);
      if (entry.isDirectory()) visit(place);
      else if (/\.(js|mjs|ts)$/.test(entry.name) && isMediumSized(place)) {
        fs.mkdirSync(path.join(root, `m${count >> 5}`), { recursive: true });
        fs.copyFileSync(place, path.join(root, `m${count >> 5}`, `${count}-${entry.name}`));
        count++;
      }
    }
  };
  visit(path.resolve('node_modules'));
  return count;
}

const isMediumSized = (place: string): boolean => {
  const { size } = fs.statSync(place);
  return size > 1000 && size < 200_000;
};
