// Generated from schemas/ by scripts/generate-types.ts. Do not edit.
import type { JsonValue } from '../../model/json.js';

/**
 * Configuration of documee: .documee/config.yaml, documee.config.{yaml,yml,json} or package.json#documee. Paths and globs are relative to the codebase root.
 */
export interface Config {
  /**
   * For editors only: where this schema is.
   */
  readonly $schema?: string;
  /**
   * Id of the codebase in the cache. Default: the name in package.json, pyproject.toml, Cargo.toml or go.mod, else the repository name of git's origin, else that of the only codebase in a cache that lies in the root, else the folder name.
   */
  readonly codebase?: string;
  /**
   * Folder of the cache. ${DOCUMEE_...} is replaced by that environment variable; no other name is.
   */
  readonly basePath?: string;
  /**
   * What to run: built-in ids or module paths, each alone or with options.
   *
   * @minItems 1
   */
  readonly analyzers?: readonly (string | ConfigAnalyzer)[];
  /**
   * Globs of the files to take in; empty: all.
   */
  readonly include?: readonly string[];
  /**
   * Globs of the files to leave out; wins over include.
   */
  readonly exclude?: readonly string[];
  /**
   * Whether to leave out what .gitignore names.
   */
  readonly gitignore?: boolean;
  /**
   * stat: a file is read only where its stat changed or is too recent to be trusted. content: every file is read and hashed in every run. Default where CI is set: content.
   */
  readonly changeDetection?: 'stat' | 'content';
  /**
   * Hash that tells contents apart. sha256 also withstands files made to collide on purpose.
   */
  readonly contentHash?: 'xxh64' | 'sha256';
  /**
   * ordered: only the commit is flushed to disk; a power cut costs re-analysis at most. full: every result is flushed, too.
   */
  readonly durability?: 'ordered' | 'full';
  /**
   * How many analyses run at the same time. Default: the number of processor cores.
   */
  readonly concurrency?: number;
  readonly limits?: ConfigLimits;
}
/**
 * An analyzer with options.
 */
export interface ConfigAnalyzer {
  /**
   * A built-in id or the path of a module.
   */
  readonly use: string;
  /**
   * Options of the analyzer, any JSON. They are part of its fingerprint: another value is another result.
   */
  readonly options?: Readonly<Record<string, JsonValue>>;
}
/**
 * What the cache keeps.
 */
export interface ConfigLimits {
  /**
   * How many versions are kept, the newest first.
   */
  readonly versions?: number;
  /**
   * Age in days from which prune removes what no kept version uses. Default: 30.
   */
  readonly maxAgeDays?: number;
  /**
   * Size in bytes above which prune removes what no kept version uses, oldest first. Default: no limit.
   */
  readonly maxSizeBytes?: number;
}
