/** Analyzers small enough to be known by heart, whose answers tell what they were made from, and ways to compare a run with the truth. */
import { analyzeCodebase, type AnalysisRun, type AnalyzeOptions } from '../../src/analyze-codebase.js';
import type { Analyzer } from '../../src/model/analyzer.js';
import type { RunEvent } from '../../src/model/event.js';
import type { JsonValue } from '../../src/model/json.js';
import { canonicalJson } from '../../src/util/canonical-json.js';
import { byCodeUnit } from '../../src/util/paths.js';
import { dropFolder, temporaryFolder } from './temporary.js';

/** What was analyzed since it was last asked, as `<analyzer> <path>`. */
export class Calls {
  #names: string[] = [];

  add(analyzer: string, path: string): void {
    this.#names.push(`${analyzer} ${path}`);
  }

  /** Sorted; starts anew. */
  take(): string[] {
    const names = this.#names.sort(byCodeUnit);
    this.#names = [];
    return names;
  }
}

/** How the toy analyzers are set up. */
export interface Toys {
  readonly version: string;
  readonly minimum: number;
}

export const PLAIN_TOYS: Toys = { version: '1', minimum: 2 };

/** Words of one file, with its path, and their sum over the codebase. */
export function wordCount(calls: Calls, { version }: Toys = PLAIN_TOYS): Analyzer {
  return {
    id: 'word-count',
    version,
    analyze(file) {
      calls.add('word-count', file.path);
      return wordsOf(file.path, file.text(), version);
    },
    summarize: (results) => {
      let words = 0;
      for (const { result } of results) words += (result as { words: number }).words;
      return { words };
    },
  };
}

const wordsOf = (path: string, text: string, version: string): JsonValue => ({
  path,
  version,
  text,
  words: text.split(/\s+/).length,
});

/** Depends on an option. */
export function longWords(calls: Calls, { minimum }: Toys = PLAIN_TOYS): Analyzer {
  return {
    id: 'long-words',
    version: '1',
    options: { minimum },
    analyze(file) {
      calls.add('long-words', file.path);
      return longOf(file.text(), minimum);
    },
  };
}

const longOf = (text: string, minimum: number): JsonValue => ({
  ...{ minimum, text },
  long: text.split(/\s+/).filter((word) => word.length >= minimum),
});

/** The same answer at every path. */
export function byteSum(calls: Calls): Analyzer {
  return {
    id: 'byte-sum',
    version: '1',
    pathIndependent: true,
    analyze(file) {
      calls.add('byte-sum', file.path);
      return { sum: sumOf(file.bytes) };
    },
  };
}

const sumOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte, index) => sum + byte * (index + 1), 0);

/** Throws on files that contain FAIL, and does not want its answer kept on those that contain VOLATILE. */
export function moody(calls: Calls): Analyzer {
  return {
    id: 'moody',
    version: '1',
    analyze(file, context) {
      calls.add('moody', file.path);
      const text = file.text();
      if (text.includes('FAIL')) throw new Error('found FAIL');
      if (text.includes('VOLATILE')) context.uncacheable('found VOLATILE');
      return { text };
    },
  };
}

export function toyAnalyzers(calls: Calls, toys: Toys = PLAIN_TOYS): Analyzer[] {
  return [wordCount(calls, toys), longWords(calls, toys), byteSum(calls), moody(calls)];
}

/** What the toy analyzers answer, computed without any of the code under test; lines as of `canonicalLines`. */
export function expectedLines(files: ReadonlyMap<string, string>, toys: Toys, ids: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [path, text] of files) {
    const answers: Readonly<Record<string, JsonValue | undefined>> = {
      'word-count': wordsOf(path, text, toys.version),
      'long-words': longOf(text, toys.minimum),
      'byte-sum': { sum: sumOf(Buffer.from(text)) },
      moody: text.includes('FAIL') ? undefined : { text },
    };
    for (const id of ids) {
      const answer = answers[id];
      lines.push(answer === undefined ? failureLine(path, id) : resultLine(path, id, answer));
    }
  }
  return lines.sort(byCodeUnit);
}

const resultLine = (path: string, analyzer: string, result: JsonValue): string =>
  `${path} | ${analyzer} | ${canonicalJson(result)}`;
const failureLine = (path: string, analyzer: string): string => `${path} | ${analyzer} | failed`;

/** Every result and every failure of a run, one line each, in an order that does not depend on the run. */
export async function canonicalLines(run: AnalysisRun): Promise<string[]> {
  const lines = run.failures.map(({ path, analyzer }) => failureLine(path, analyzer));
  for await (const { path, analyzer, result } of run.results()) lines.push(resultLine(path, analyzer, result));
  return lines.sort(byCodeUnit);
}

/** Results, failures and values of the whole codebase as one text; without what differs between equal runs. */
export async function canonical(run: AnalysisRun): Promise<string> {
  const { metrics: _, ...values } = run.values();
  const skipped = run.skipped.map(({ path, reason }) => `${path} | skipped | ${reason}`).sort(byCodeUnit);
  return [...(await canonicalLines(run)), ...skipped, canonicalJson(values)].join('\n');
}

/** A run with everything that it said. */
export interface Observed {
  readonly run: AnalysisRun;
  readonly events: readonly RunEvent[];
  /** Of one kind. */
  readonly of: <Type extends RunEvent['type']>(type: Type) => Extract<RunEvent, { type: Type }>[];
}

export async function observe(options: AnalyzeOptions): Promise<Observed> {
  const events: RunEvent[] = [];
  const run = await analyzeCodebase({
    changeDetection: 'stat',
    codebaseId: 'toy',
    ...options,
    onEvent: (event) => events.push(event),
  });
  return {
    run,
    events,
    of: <Type extends RunEvent['type']>(type: Type) =>
      events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type),
  };
}

/** The same run in an empty cache. */
export async function fresh(options: AnalyzeOptions): Promise<string> {
  const basePath = temporaryFolder();
  try {
    const { manager: _, ...rest } = options;
    const { run } = await observe({ ...rest, basePath, changeDetection: 'content', ports: {} });
    return await canonical(run);
  } finally {
    dropFolder(basePath);
  }
}
