import { workerData } from 'node:worker_threads';
import { isBatchAnalyzer, type Analyzer } from '../model/analyzer.js';
import { realFs } from '../util/fs.js';
import { contentHasher } from '../util/hash.js';
import { messageOf } from '../model/errors.js';
import { analyzeOne } from './analyze-one.js';
import { Demands } from './demands.js';
import { claimOf, loadAnalyzerModule, type AnalyzerModule } from './load-analyzer.js';
import { loadWithCode } from './loaded-code.js';
import type { Outcome } from './outcome.js';
import { Slots } from './slots.js';
import { HashedFile } from './source-file.js';
import {
  BATCH_MS,
  NEEDS_CALLER,
  NOT_BEGUN,
  type BatchRequest,
  type ThreadAnswer,
  type ThreadSettings,
} from './thread-protocol.js';
import type { InputSource } from './tracked-input.js';

interface LoadedAnalyzer {
  readonly analyzer: Analyzer;
  readonly claim: string;
}

const loaded = new Map<string, Promise<LoadedAnalyzer | undefined>>();
/** A run that is aborted ends its threads, so nothing in here needs to be told. */
const NEVER_ABORTED = new AbortController().signal;

// stdout of the process is for results; `console.log` in here ends up there, too.
process.stdout.write = process.stderr.write.bind(process.stderr);

// A thread that ends in silence leaves its batch waiting for ever; an exception is an answer. Node itself ends the thread after one.
const endThread = process.exit.bind(process);
let isEnding = false;
process.on('uncaughtExceptionMonitor', () => (isEnding = true));
process.exit = (code): never => {
  if (isEnding) endThread(code);
  throw new Error(`the analyzer called process.exit(${code ?? ''})`);
};

/** Null where the module is not, or no longer, the analyzer that the caller means: then it is for the caller to run it. */
export default async function analyzeBatch(request: BatchRequest): Promise<readonly ThreadAnswer[] | null> {
  const { module, claim, port } = request;
  const found = await load(module);
  if (found?.claim !== claim) return null;
  const demands = port && new Demands(port);
  try {
    return await analyzeFiles(found.analyzer, request, await (source ??= openSource()), demands);
  } finally {
    demands?.close();
  }
}

/**
 * One file after the other; while one waits for another result, the next has its turn. Once the caller is needed, the rest is left to it. What
 * was not begun in time is given back, so that what is finished is known to the caller; not while a file waits, since that holds up the answer.
 */
async function analyzeFiles(
  analyzer: Analyzer,
  { files, bytes, uses }: BatchRequest,
  inputs: InputSource,
  demands: Demands | undefined,
): Promise<readonly ThreadAnswer[]> {
  const slots = new Slots(1);
  const endsAt = performance.now() + BATCH_MS;
  let isLeft = false;
  let begun = 0;
  let finished = 0;
  const isOver = (): boolean => begun > 0 && begun === finished && performance.now() >= endsAt;
  return Promise.all(
    files.map(async ({ path, contentHash, start, end }, index) => {
      const slot = await slots.take();
      try {
        if (isLeft) return NEEDS_CALLER;
        if (isOver()) return NOT_BEGUN;
        begun++;
        const needs = { caller: false };
        const file = new HashedFile(path, bytes.subarray(start, end), contentHash);
        const outcome = await analyzeOne(analyzer, file, {
          ...{ source: inputs, signal: NEVER_ABORTED },
          askResult: (analyzerId, other) => {
            if (demands !== undefined && uses.includes(analyzerId))
              return slot.lendDuring(demands.ask(index, analyzerId, other));
            needs.caller = isLeft = true;
            return Promise.reject(new Error(`results of ${analyzerId} are asked for in the caller's thread`));
          },
        });
        finished++;
        return needs.caller ? NEEDS_CALLER : plain(outcome);
      } finally {
        slot.end();
      }
    }),
  );
}

let source: Promise<InputSource> | undefined;

async function openSource(): Promise<InputSource> {
  // The pool puts data of its own before ours.
  const [, { contentHash, ...settings }] = workerData as [unknown, ThreadSettings];
  return { ...settings, fs: realFs, hasher: await contentHasher(contentHash) };
}

function load(module: AnalyzerModule): Promise<LoadedAnalyzer | undefined> {
  const name = JSON.stringify(module);
  let found = loaded.get(name);
  if (found === undefined) loaded.set(name, (found = loadNow(module)));
  return found;
}

/** Undefined where it does not load, although the caller could load it. */
async function loadNow(module: AnalyzerModule): Promise<LoadedAnalyzer | undefined> {
  try {
    const { value, codeDigest } = await loadWithCode(realFs, module.module, () => loadAnalyzerModule(module));
    return isBatchAnalyzer(value) ? undefined : { analyzer: value, claim: claimOf(value, codeDigest) };
  } catch {
    return undefined;
  }
}

/** A cause may hold what cannot be sent to another thread. */
function plain(outcome: Outcome): Outcome {
  if (outcome.ok || outcome.cause === undefined) return outcome;
  const { cause } = outcome;
  if (!(cause instanceof Error)) return { ...outcome, cause: messageOf(cause) };
  return { ...outcome, cause: { name: shown(cause, 'name'), message: messageOf(cause), stack: shown(cause, 'stack') } };
}

function shown(error: Error, name: 'name' | 'stack'): string | undefined {
  try {
    const value: unknown = error[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
