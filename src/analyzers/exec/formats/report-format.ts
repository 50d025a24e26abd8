import { CacheError } from '../../../model/errors.js';
import type { SourcePath } from '../../../model/ids.js';
import type { JsonValue } from '../../../model/json.js';

/** What one call of the tool left behind. A tool that was killed or timed out has no output to be taken apart. */
export interface ToolOutput {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
}

/** Only `json` and `ndjson` take options. */
export interface FormatOptions {
  /** `json`: JSON pointer to the list of items; '' (the default) is the whole document. */
  readonly list?: string;
  /** `json`, `ndjson`: field of an item that holds its file's path, dotted (`location.path`) or a JSON pointer (`/location/path`). */
  readonly pathField?: string;
}

/** Where a report is read or written. */
export interface ReportPlace {
  /** Folder of the codebase: absolute, without links. */
  readonly root: string;
  /** Other absolute names of the root, e.g. with links as the user wrote it. */
  readonly rootAliases?: readonly string[];
  /** Folder that the tool runs in: absolute. */
  readonly cwd: string;
  /** The tool with its arguments, without files. */
  readonly command: readonly string[];
}

export interface SplitContext extends ReportPlace {
  /** The files that were passed to this call. */
  readonly files: readonly SourcePath[];
}

export interface JoinContext extends ReportPlace {
  /** Files that were answered in this run: what belongs to no file, such as a version, is taken from their parts. Without it, from the first. */
  readonly newest?: ReadonlySet<SourcePath>;
}

/** A call's report, taken apart. */
export interface SplitReport {
  /**
   * One value for each file that the call answered, also where it found nothing. A part stands alone: it holds paths relative to the root, what
   * it takes to print them as the tool did, and the exit code that it stands for. Small values, to be kept in any JSON.
   */
  readonly parts: ReadonlyMap<SourcePath, JsonValue>;
  /** Files that were asked about and that have no part: the tool said nothing where it should have, or said that it failed. Sorted. */
  readonly unanswered: readonly SourcePath[];
  /** Paths as the tool wrote them that are none of the files asked about; what was said of them is in no part. Each once. */
  readonly unexpected: readonly string[];
}

/** Parts in the order in which the tool would take the files. */
export type PartEntry = readonly [path: SourcePath, part: JsonValue];

export interface ReportFormat {
  readonly name: FormatName;
  /** Only a call with one file can be taken apart. */
  readonly oneFilePerCall: boolean;
  /** @throws CacheError CACHE_REPORT_UNREADABLE where the output is no whole report of this format: then nothing of the call may be kept. */
  split(output: ToolOutput, context: SplitContext): SplitReport;
  /** The report as the tool would have printed it for all files, in pieces of moderate length. */
  join(parts: Iterable<PartEntry>, context: JoinContext): Iterable<string>;
  /** What belongs on the error stream; nothing for formats that are read from standard output alone. */
  joinErrors(parts: Iterable<PartEntry>, context: JoinContext): Iterable<string>;
  /** What the tool would have answered for all files. */
  exitCode(parts: Iterable<PartEntry>, context: JoinContext): number;
}

export const FORMAT_NAMES = ['eslint-json', 'ruff-json', 'sarif', 'json', 'ndjson', 'text'] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** The output is no report of its format; `problem` ends the sentence. */
export function reportUnreadable(format: FormatName, problem: string, cause?: unknown): CacheError {
  return new CacheError('CACHE_REPORT_UNREADABLE', `The output is no ${format} report: ${problem}`, {
    format,
    problem,
    cause,
  });
}
