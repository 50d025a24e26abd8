import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Analyzer, AnyAnalyzer, BatchAnalyzer } from '../model/analyzer.js';
import { CacheError, messageOf } from '../model/errors.js';
import type { JsonValue } from '../model/json.js';
import { canonicalJson } from '../util/canonical-json.js';

/** An analyzer given by its module, which worker threads can load for themselves. */
export interface AnalyzerModule {
  /** Absolute path of a module whose default export is an analyzer, or a function that makes one from its options. */
  readonly module: string;
  readonly options?: JsonValue;
  /** May: the options are those of an analyzer that is there, and matter only to a function. Default: must. */
  readonly takesOptions?: 'must' | 'may';
}

/** Refers to the analyzer in a module; it is loaded when a run needs it. */
export function analyzerModule(modulePath: string | URL, options?: JsonValue): AnalyzerModule {
  const isUrl = modulePath instanceof URL || modulePath.startsWith('file:');
  const module = isUrl ? fileURLToPath(modulePath) : path.resolve(modulePath);
  return options === undefined ? { module } : { module, options };
}

/** Checks an analyzer at the edge, once, and answers it unchanged. @throws TypeError that names the property. */
export function defineAnalyzer<Result>(analyzer: Analyzer<Result>): Analyzer<Result>;
export function defineAnalyzer<Result>(analyzer: BatchAnalyzer<Result>): BatchAnalyzer<Result>;
export function defineAnalyzer<Result>(analyzer: AnyAnalyzer<Result>): AnyAnalyzer<Result>;
export function defineAnalyzer<Result>(analyzer: AnyAnalyzer<Result>): AnyAnalyzer<Result> {
  const problem = analyzerProblem(analyzer);
  if (problem !== undefined) throw new TypeError(`Expected an analyzer: ${problem}`);
  return analyzer;
}

/** Ids become property names of `analysis.json` and values of `--analyzer`. */
const ANALYZER_ID = /^[A-Za-z0-9@][A-Za-z0-9._/@-]{0,63}$/;

function analyzerProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null)
    return `it is ${value === null ? 'null' : `a ${typeof value}`}, not an object`;
  const analyzer = value as Partial<Record<keyof Analyzer | keyof BatchAnalyzer, unknown>>;
  if (typeof analyzer.id !== 'string') return 'it has no id';
  if (!ANALYZER_ID.test(analyzer.id))
    return `its id ${JSON.stringify(analyzer.id)} is not 1-64 letters, digits or . _ / @ -`;
  if (typeof analyzer.version !== 'string') return 'it has no version (a string)';
  if ('analyzeMany' in analyzer) {
    if (typeof analyzer.analyzeMany !== 'function') return 'its analyzeMany is not a function';
    if ('analyze' in analyzer) return 'it has both analyze and analyzeMany';
  } else if (typeof analyzer.analyze !== 'function') return 'it has no function analyze (or analyzeMany)';
  for (const name of ['summarize', 'surface'] as const)
    if (analyzer[name] !== undefined && typeof analyzer[name] !== 'function') return `its ${name} is not a function`;
  for (const name of ['include', 'environment', 'uses'] as const) {
    const list = analyzer[name];
    if (list !== undefined && !(Array.isArray(list) && list.every((item) => typeof item === 'string'))) {
      return `its ${name} is not a list of strings`;
    }
  }
  if (analyzer.pathIndependent === true && Array.isArray(analyzer.uses) && analyzer.uses.length > 0)
    return 'it is pathIndependent, so it cannot use other results';
  return reducersProblem(analyzer.reducers);
}

function reducersProblem(reducers: unknown): string | undefined {
  if (reducers === undefined) return undefined;
  if (typeof reducers !== 'object' || reducers === null || Array.isArray(reducers)) return 'its reducers are no object';
  for (const [name, reducer] of Object.entries(reducers as Record<string, unknown>)) {
    const { select, reduce } = (reducer ?? {}) as Record<string, unknown>;
    if (typeof select !== 'function' || typeof reduce !== 'function')
      return `its reducer ${JSON.stringify(name)} has no functions select and reduce`;
  }
  return undefined;
}

/** What tells analyzers apart that could be meant by one module: equal claims, equal answers. */
export function claimOf({ id, version, options }: AnyAnalyzer, codeDigest: string | undefined): string {
  return canonicalJson({ id, version, options: options ?? null, codeDigest: codeDigest ?? null });
}

/** The analyzer of a module. @throws CacheError CACHE_ANALYZER_LOAD with `module`. */
export async function loadAnalyzerModule({ module, options, takesOptions }: AnalyzerModule): Promise<AnyAnalyzer> {
  const made = await makeAnalyzer(module, options, takesOptions);
  const problem = analyzerProblem(made);
  if (problem !== undefined) throw loadError(module, `does not export an analyzer by default: ${problem}`);
  return made as AnyAnalyzer;
}

async function makeAnalyzer(
  module: string,
  options: JsonValue | undefined,
  takesOptions: AnalyzerModule['takesOptions'] = 'must',
): Promise<unknown> {
  const exported = await importDefault(module);
  if (typeof exported !== 'function') {
    if (options === undefined || takesOptions === 'may') return exported;
    throw loadError(module, 'was given options but its default export is no function that takes them');
  }
  try {
    return await (exported as (options: JsonValue | undefined) => unknown)(options);
  } catch (cause) {
    throw loadError(module, `could not be made: ${messageOf(cause)}`, cause);
  }
}

async function importDefault(module: string): Promise<unknown> {
  try {
    const namespace = (await import(pathToFileURL(module).href)) as Record<string, unknown>;
    return namespace['default'];
  } catch (cause) {
    throw loadError(module, `could not be loaded: ${messageOf(cause)}`, cause);
  }
}

function loadError(module: string, problem: string, cause?: unknown): CacheError {
  return new CacheError('CACHE_ANALYZER_LOAD', `Analyzer ${module} ${problem}.`, { module, cause });
}
