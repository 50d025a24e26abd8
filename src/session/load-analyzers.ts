import path from 'node:path';
import { BUILT_IN_ANALYZER_IDS, loadBuiltInAnalyzer } from '../analyzers/index.js';
import {
  isBatchAnalyzer,
  type Analyzer,
  type AnalyzerShape,
  type AnyAnalyzer,
  type BatchAnalyzer,
} from '../model/analyzer.js';
import { CacheError } from '../model/errors.js';
import { isModulePath } from '../config/load-config.js';
import { identityOf } from '../plan/analyzer-identity.js';
import { analyzerModule, defineAnalyzer, loadAnalyzerModule, type AnalyzerModule } from '../run/load-analyzer.js';
import { loadWithCode, type Loaded } from '../run/loaded-code.js';
import type { RunAnalyzer } from '../run/task.js';
import type { FileSystem } from '../util/fs.js';
import { compileGlobs } from '../util/globs.js';
import { byCodeUnit } from '../util/paths.js';
import { suggest } from '../util/suggest.js';
import type { Session, SessionAnalyzer } from './session.js';

export interface LoadOptions {
  /** Absolute. */
  readonly root: string;
  readonly fs: FileSystem;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly warn: Session['warn'];
}

/** An analyzer as an object, by its module, or by a name: a built-in id or the path of a module. */
export type AnalyzerSpec = AnyAnalyzer | AnalyzerModule | string;

/** Sorted by id. @throws CacheError CACHE_ANALYZER_LOAD, CACHE_ANALYZER_DUPLICATE; TypeError for an object that is no analyzer. */
export async function loadAnalyzers(
  specs: readonly AnalyzerSpec[],
  { root, fs, environment, warn }: LoadOptions,
): Promise<SessionAnalyzer[]> {
  const loaded: SessionAnalyzer[] = [];
  for (const spec of specs) {
    const { analyzer, module } = await loadAnalyzer(spec, root, fs, warn);
    if (loaded.some((other) => other.analyzer.id === analyzer.id)) {
      throw new CacheError(
        'CACHE_ANALYZER_DUPLICATE',
        `Two analyzers have the id "${analyzer.id}". Give each its own.`,
        { analyzer: analyzer.id },
      );
    }
    const matches = analyzer.include === undefined ? undefined : compileGlobs(analyzer.include);
    const { id, local: isLocal } = analyzer;
    loaded.push({ analyzer, module, plan: { id, identity: identityOf(analyzer, environment), matches, isLocal } });
  }
  return loaded.sort((a, b) => byCodeUnit(a.analyzer.id, b.analyzer.id));
}

async function loadAnalyzer(
  spec: AnalyzerSpec,
  root: string,
  fs: FileSystem,
  warn: Session['warn'],
): Promise<RunAnalyzer> {
  const given = typeof spec === 'string' ? await loadByName(spec, root) : spec;
  if (isModule(given)) {
    const loaded = await loadWithCode(fs, given.module, () => loadAnalyzerModule(given));
    return withCode(loaded, given, warn);
  }
  const analyzer = defineAnalyzer(given);
  if (analyzer.modulePath === undefined) return { analyzer, module: undefined };
  // Threads make it from its module, which may export a function that takes its options.
  const module: AnalyzerModule = { ...analyzerModule(analyzer.modulePath, analyzer.options), takesOptions: 'may' };
  return withCode(await loadWithCode(fs, module.module, () => analyzer), module, warn);
}

const isModule = (given: unknown): given is AnalyzerModule =>
  typeof given === 'object' && given !== null && 'module' in given;

/** A built-in analyzer, or the path of a module. @throws CacheError CACHE_ANALYZER_LOAD */
async function loadByName(name: string, root: string): Promise<AnyAnalyzer | AnalyzerModule> {
  const builtIn = await loadBuiltInAnalyzer(name);
  if (builtIn !== undefined) return builtIn;
  if (isModulePath(name)) return analyzerModule(path.resolve(root, name));
  const close = suggest(name, BUILT_IN_ANALYZER_IDS);
  throw new CacheError(
    'CACHE_ANALYZER_LOAD',
    `There is no built-in analyzer "${name}"${close === undefined ? '' : ` (did you mean "${close}"?)`}. Built in: ${BUILT_IN_ANALYZER_IDS.join(', ')}; give a module by its path, e.g. ./${name}.js.`,
    { analyzer: name },
  );
}

/** A copy that knows the digest of its code. An analyzer may be an instance of a class, whose methods a spread would lose. */
function withCode(
  { value: analyzer, codeDigest, isOutdated }: Loaded<AnyAnalyzer>,
  module: AnalyzerModule,
  warn: Session['warn'],
): RunAnalyzer {
  const { id, version, options, include, alsoScans, pathIndependent, local, environment, uses, modulePath, reducers } =
    analyzer;
  if (isOutdated)
    warn(
      'CACHE_ANALYZER_CHANGED',
      `The code of analyzer ${id} was edited after this process loaded it; what the loaded code answers is not kept. Restart the process to use the new code.`,
    );
  const shape: AnalyzerShape = {
    ...{ id, version, options, include, alsoScans, pathIndependent, local, environment, uses, modulePath, codeDigest },
    ...(reducers === undefined ? {} : { reducers }),
    ...(analyzer.surface === undefined ? {} : { surface: analyzer.surface.bind(analyzer) }),
    ...(analyzer.summarize === undefined ? {} : { summarize: analyzer.summarize.bind(analyzer) }),
  };
  return {
    analyzer: isBatchAnalyzer(analyzer) ? batchCopy(analyzer, shape, isOutdated) : copy(analyzer, shape, isOutdated),
    // New threads would load the new code.
    module: isOutdated || isBatchAnalyzer(analyzer) ? undefined : module,
  };
}

const OUTDATED = 'the code of the analyzer was edited after it was loaded';

// What it imports only now would be of the new code.
const copy = (analyzer: Analyzer, shape: AnalyzerShape, isOutdated: boolean): Analyzer => ({
  ...shape,
  analyze(file, context) {
    if (isOutdated) context.uncacheable(OUTDATED);
    return analyzer.analyze(file, context);
  },
});

const batchCopy = (analyzer: BatchAnalyzer, shape: AnalyzerShape, isOutdated: boolean): BatchAnalyzer => ({
  ...shape,
  analyzeMany(files, context) {
    if (isOutdated) for (const { path: file } of files) context.inputsOf(file).uncacheable(OUTDATED);
    return analyzer.analyzeMany(files, context);
  },
});
