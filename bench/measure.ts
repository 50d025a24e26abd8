/** Timing of whole processes and of functions, always alternating with the reference, since machines are shared and drift. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What is measured: one call is one run; `before` is not counted. */
export interface Subject {
  readonly name: string;
  readonly before?: () => void | Promise<void>;
  readonly run: () => void | Promise<void>;
}

export interface Comparison {
  readonly oursMs: number;
  readonly referenceMs: number;
  /** Median of the ratios of the pairs. */
  readonly ratio: number;
  /** Median of what ours took longer than its reference. */
  readonly extraMs: number;
}

/** Runs both in turn: once uncounted, then `rounds` times. */
export async function compare(ours: Subject, reference: Subject, rounds = 5): Promise<Comparison> {
  const pairs: [number, number][] = [];
  for (let round = -1; round < rounds; round++) {
    const pair: [number, number] = [await time(ours), await time(reference)];
    if (round >= 0) pairs.push(pair);
  }
  return {
    oursMs: median(pairs.map(([a]) => a)),
    referenceMs: median(pairs.map(([, b]) => b)),
    ratio: median(pairs.map(([a, b]) => a / b)),
    extraMs: median(pairs.map(([a, b]) => a - b)),
  };
}

async function time({ before, run }: Subject): Promise<number> {
  await before?.();
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** A subject that is a whole process. Fails loudly: a figure of a command that did not work is none. */
export function command(name: string, argv: readonly string[], cwd: string, before?: () => void): Subject {
  return { name, ...(before === undefined ? {} : { before }), run: () => void runProcess(argv, cwd) };
}

export function runProcess(argv: readonly string[], cwd: string, environment: Record<string, string> = {}): string {
  const [file, ...rest] = argv;
  // What is measured is not a CI run, and a colour or a progress bar is no work of the cache.
  const env = { ...process.env, CI: '', NO_COLOR: '1', ...environment };
  const done = spawnSync(file as string, rest, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0)
    throw new Error(`${argv.join(' ')} exited with ${String(done.status)}: ${done.stderr.slice(0, 2000)}`);
  return done.stdout;
}

const PEAK_MEMORY = new URL('./references/peak-memory.mjs', import.meta.url).href;

/** Peak resident memory of a Node process, in MB. */
export function peakMemoryMb(argv: readonly string[], cwd: string): number {
  const report = path.join(os.tmpdir(), `documee-bench-${process.pid}.txt`);
  const [node, ...rest] = argv;
  runProcess([node as string, '--import', PEAK_MEMORY, ...rest], cwd, { BENCH_PEAK_MEMORY_FILE: report });
  const kilobytes = Number(fs.readFileSync(report, 'utf8'));
  fs.rmSync(report);
  return kilobytes / 1024;
}
