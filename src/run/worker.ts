import type { Analyzer } from '../model/analyzer.js';
import type { ContentHash, SourcePath } from '../model/ids.js';
import { messageOf } from '../model/errors.js';
import { analyzeOne } from './analyze-one.js';
import { loadAnalyzerModule, type AnalyzerModule } from './load-analyzer.js';
import type { Outcome } from './outcome.js';
import { HashedFile } from './source-file.js';

/** What a thread is asked. */
export interface BatchRequest {
  readonly module: AnalyzerModule;
  /** The bytes of each are those from `start` to `end` of `bytes`. */
  readonly files: readonly {
    readonly path: SourcePath;
    readonly contentHash: ContentHash;
    readonly start: number;
    readonly end: number;
  }[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const loaded = new Map<string, Promise<Analyzer>>();
/** A run that is aborted ends its threads, so nothing in here needs to be told. */
const NEVER_ABORTED = new AbortController().signal;

// A thread that ends in silence leaves its batch waiting for ever; an exception is an answer. Node itself ends the thread after one.
const endThread = process.exit.bind(process);
let isEnding = false;
process.on('uncaughtExceptionMonitor', () => (isEnding = true));
process.exit = (code): never => {
  if (isEnding) endThread(code);
  throw new Error(`the analyzer called process.exit(${code ?? ''})`);
};

export default async function analyzeBatch({ module, files, bytes }: BatchRequest): Promise<readonly Outcome[]> {
  const analyzer = await load(module);
  const outcomes: Outcome[] = [];
  for (const { path, contentHash, start, end } of files) {
    const file = new HashedFile(path, bytes.subarray(start, end), contentHash);
    outcomes.push(plain(await analyzeOne(analyzer, file, NEVER_ABORTED)));
  }
  return outcomes;
}

function load(module: AnalyzerModule): Promise<Analyzer> {
  const name = JSON.stringify(module);
  let analyzer = loaded.get(name);
  if (analyzer === undefined) loaded.set(name, (analyzer = loadAnalyzerModule(module)));
  return analyzer;
}

/** A cause may hold what cannot be sent to another thread. */
function plain(outcome: Outcome): Outcome {
  if (outcome.ok || outcome.cause === undefined) return outcome;
  const { cause } = outcome;
  return {
    ...outcome,
    cause: cause instanceof Error ? { name: cause.name, message: cause.message, stack: cause.stack } : messageOf(cause),
  };
}
