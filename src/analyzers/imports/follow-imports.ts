import type { InputContext } from '../../model/analyzer.js';
import type { Dependency } from '../../model/dependency.js';
import type { ContentHash, SourcePath } from '../../model/ids.js';
import { ImportGraph, type Followed, type ImportTree, type SeenFile } from './import-graph.js';
import type { ImportsResult } from './result.js';

/** Inputs that take in what somebody else has looked at in the same run. */
export interface BulkInputs extends InputContext {
  recordAll(dependencies: Iterable<Dependency>): void;
}

export interface FollowOptions {
  /** Files that mean something to every script, imported or not. */
  readonly ambient: readonly string[];
  /** Shared by all files of a run; without it everything is looked at anew, through `inputs`. */
  readonly graph?: ImportGraph;
}

/** All files that `path` depends on by imports, transitively, itself not included; what they depend on is recorded in `inputs`. */
export async function followImports(
  path: SourcePath,
  inputs: InputContext,
  { ambient, graph }: FollowOptions,
): Promise<readonly string[]> {
  const followed = await (graph ?? new ImportGraph(treeOf(inputs), { ambient })).follow(path);
  recordFollowed(followed, inputs);
  return followed.files;
}

/** Records all that `followed` depends on; one by one where `inputs` cannot take it at once. */
export function recordFollowed({ dependencies }: Followed, inputs: InputContext): void {
  if (isBulk(inputs)) {
    inputs.recordAll(dependencies);
    return;
  }
  for (const dependency of dependencies) {
    if (dependency.kind === 'content') inputs.read(dependency.path);
    else if (dependency.kind === 'listing') inputs.list(dependency.path);
    else if ('path' in dependency) inputs.exists(dependency.path);
  }
}

const isBulk = (inputs: InputContext): inputs is BulkInputs => 'recordAll' in inputs;

/** A content that is recorded by reading it once more: its hash is then that of the reader. */
const UNHASHED = '' as ContentHash;

/** The tree as one analysis sees it. */
function treeOf(inputs: InputContext): ImportTree {
  const results = new Map<string, Promise<ImportsResult | undefined>>();
  return {
    hashOf: () => undefined,
    importsOf: (path) => {
      let result = results.get(path);
      if (result === undefined) results.set(path, (result = inputs.resultOf<ImportsResult>('imports', path)));
      return result;
    },
    observe: (path): SeenFile => {
      const bytes = inputs.read(path);
      if (bytes !== undefined) return { kind: 'file', bytes, hash: UNHASHED };
      return inputs.exists(path) ? { kind: 'other' } : { kind: 'absent' };
    },
    exists: (path) => inputs.exists(path),
    list: (folder) => {
      const names = inputs.list(folder);
      return names === undefined ? undefined : { names, hash: '' };
    },
  };
}
