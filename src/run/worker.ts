import type { Analyzer } from '../model/analyzer.js';
import { realFs } from '../util/fs.js';
import type { ContentHash, SourcePath } from '../model/ids.js';
import { messageOf } from '../model/errors.js';
import { analyzeOne } from './analyze-one.js';
import { claimOf, loadAnalyzerModule, type AnalyzerModule } from './load-analyzer.js';
import { loadWithCode } from './loaded-code.js';
import type { Outcome } from './outcome.js';
import { HashedFile } from './source-file.js';

/** What a thread is asked. */
export interface BatchRequest {
  readonly module: AnalyzerModule;
  /** What the caller's analyzer says of itself (`claimOf`). */
  readonly claim: string;
  /** The bytes of each are those from `start` to `end` of `bytes`. */
  readonly files: readonly {
    readonly path: SourcePath;
    readonly contentHash: ContentHash;
    readonly start: number;
    readonly end: number;
  }[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

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
export default async function analyzeBatch({
  module,
  claim,
  files,
  bytes,
}: BatchRequest): Promise<readonly Outcome[] | null> {
  const found = await load(module);
  if (found?.claim !== claim) return null;
  const { analyzer } = found;
  const outcomes: Outcome[] = [];
  for (const { path, contentHash, start, end } of files) {
    const file = new HashedFile(path, bytes.subarray(start, end), contentHash);
    outcomes.push(plain(await analyzeOne(analyzer, file, NEVER_ABORTED)));
  }
  return outcomes;
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
    return { analyzer: value, claim: claimOf(value, codeDigest) };
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
