import type { FileSystem } from '../../util/fs.js';
import type { FormatName, FormatOptions } from './formats/report-format.js';

/** What an answer depends on besides its own file: nothing, what it imports and what that imports, or every file in scope. */
export const DEPENDS = ['none', 'imports', 'all'] as const;
export type Depends = (typeof DEPENDS)[number];

/** A command-line tool as an analyzer. Paths are relative to `root`, or absolute. */
export interface ExecOptions extends FormatOptions {
  /** Id of the analyzer. */
  readonly id: string;
  /** Program and arguments; `{files}` stands where the files go, by default at the end. There is no shell. */
  readonly command: readonly string[];
  /** How the tool reports. */
  readonly format: FormatName;
  /** Folder of the codebase. */
  readonly root: string;
  /** Where the tool runs; default: `root`. */
  readonly cwd?: string;
  /** Globs of the files that it is asked about; default: what tools with this format take, else every source file in scope. */
  readonly include?: readonly string[];
  /** Files and globs whose content shapes the answers, besides the files themselves: plugins, shared rules. */
  readonly inputs?: readonly string[];
  /** Whether configuration and lock files count that such a tool is known to read; default true. */
  readonly defaultInputs?: boolean;
  /** Names of environment variables that shape the answers. */
  readonly env?: readonly string[];
  /** A command whose output tells one version of the tool from another. */
  readonly versionCommand?: readonly string[];
  /** Default `none`. */
  readonly depends?: Depends;
  /** Most files in one call; default: as many as the system takes. */
  readonly batchSize?: number;
  /** Calls at the same time; default 1. */
  readonly parallel?: number;
  /** A call that takes longer is stopped and has failed, in ms; default: no limit. */
  readonly timeoutMs?: number;
  /** Stops the version command; calls are stopped by the run's own. */
  readonly signal?: AbortSignal;
  /** Environment of the tool; default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What the tool writes to its error stream, as it comes. */
  readonly onToolMessage?: (text: string) => void;
  /** What should not stay unsaid, e.g. that a declared input names nothing. */
  readonly onWarning?: (message: string) => void;
  /** After each call of the tool. */
  readonly onCall?: (call: ExecCall) => void;
  /** For tests. */
  readonly fs?: FileSystem;
}

/** One call of the tool. */
export interface ExecCall {
  readonly files: number;
  readonly durationMs: number;
  /** Null where it was stopped, or never ran. */
  readonly exitCode: number | null;
  /** Why nothing of it can be used; one line. */
  readonly problem: string | undefined;
}
