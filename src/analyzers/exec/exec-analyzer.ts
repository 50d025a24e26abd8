/** Any command-line tool as an analyzer: it is started for the files that need it, and its report is taken apart. */
import path from 'node:path';
import type { BatchAnalyzer } from '../../model/analyzer.js';
import type { JsonValue } from '../../model/json.js';
import { realFs } from '../../util/fs.js';
import { analyzeBatches } from './analyze-batches.js';
import { parseCommand, withoutFiles } from './command-line.js';
import { IMPORTING_FILES } from '../imports/result.js';
import { defaultInclude } from './default-inputs.js';
import { DEPENDS, type ExecOptions } from './exec-options.js';
import { fingerprint } from './fingerprint.js';
import { findFormat } from './formats/find-format.js';
import type { JoinContext, PartEntry, ReportFormat, ReportPlace } from './formats/report-format.js';
import type { Answer, CallOptions } from './run-call.js';
import { startable } from './startable.js';
import type { ToolPlace } from './tool-identity.js';

/** Change it whenever equal reports may be taken apart differently. */
const VERSION = '1';

/** The analyzer, and how its results become one report again. A result is the part of the report that belongs to its file. */
export interface ExecAnalyzer extends BatchAnalyzer<JsonValue> {
  readonly report: ExecReport;
  /** Resolves when no call of the tool is running any more: after an abort the tool may take some seconds to end. */
  whenIdle(): Promise<void>;
}

/** The report for all files as the tool would have printed it. Results are given sorted by path. */
export interface ExecReport {
  /** The tool's standard output, in pieces. @param newest files that were answered in this run. */
  print(results: Iterable<PartEntry>, newest?: JoinContext['newest']): Iterable<string>;
  /** What belongs on the error stream with it, in pieces. */
  printErrors(results: Iterable<PartEntry>): Iterable<string>;
  exitCode(results: Iterable<PartEntry>): number;
}

/** See `execAnalyzer`. */
export async function makeExecAnalyzer(options: ExecOptions): Promise<ExecAnalyzer> {
  checkOptions(options);
  const place = placeOf(options);
  const format = findFormat(options.format, { list: options.list, pathField: options.pathField });
  const command = parseCommand(options.command);
  const program = startable(command, place);
  const fingerprinted = await fingerprint(options, command, format, place);
  const reportPlace: ReportPlace = {
    ...{ root: place.root, cwd: place.cwd, command: withoutFiles(command) },
    rootAliases: rootAliases(options.root, place),
  };
  const call: CallOptions = {
    ...{ program, command, format, options, place: reportPlace, environment: place.environment },
  };
  const running = new Set<Promise<void>>();
  return {
    id: options.id,
    version: VERSION,
    options: fingerprinted.options,
    include: options.include ?? defaultInclude(format.name),
    environment: options.env ?? [],
    ...(options.depends === 'imports' ? { alsoScans: IMPORTING_FILES } : {}),
    analyzeMany: (files, context) => noted(analyzeBatches(files, context, call, fingerprinted), running),
    report: reportOf(format, reportPlace),
    async whenIdle() {
      await Promise.allSettled(running);
    },
  };
}

function checkOptions({ batchSize, parallel, timeoutMs, depends }: ExecOptions): void {
  for (const [name, value] of Object.entries({ batchSize, parallel })) {
    if (value !== undefined && (!Number.isInteger(value) || value < 1))
      throw new TypeError(`Expected ${name} to be a positive integer, found ${value}`);
  }
  if (timeoutMs !== undefined && !(timeoutMs > 0))
    throw new TypeError(`Expected timeoutMs to be a positive number, found ${timeoutMs}`);
  if (depends !== undefined && !DEPENDS.includes(depends))
    throw new TypeError(`Expected depends to be one of ${DEPENDS.join(', ')}, found ${depends as string}`);
}

function placeOf({ fs = realFs, root, cwd, environment = process.env }: ExecOptions): ToolPlace {
  const folder = fs.realpathSync(path.resolve(root));
  const workingFolder = cwd === undefined ? folder : fs.realpathSync(path.resolve(folder, cwd));
  return { fs, root: folder, cwd: workingFolder, environment, platform: process.platform };
}

/** The root as people call it, where that leads over links: some tools print the folder that their shell was in. */
function rootAliases(given: string, { fs, root, environment }: ToolPlace): string[] {
  const names = [path.resolve(given), environment['PWD'] ?? root].filter(
    (name) => name !== root && path.isAbsolute(name),
  );
  return names.filter((name) => {
    const isThere = fs.statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
    return isThere && fs.realpathSync(name) === root;
  });
}

const reportOf = (format: ReportFormat, place: ReportPlace): ExecReport => ({
  print: (results, newest) => format.join(results, newest === undefined ? place : { ...place, newest }),
  printErrors: (results) => format.joinErrors(results, place),
  exitCode: (results) => format.exitCode(results, place),
});

/** The same answers; `running` has a promise for as long as they come. */
async function* noted(answers: AsyncGenerator<Answer>, running: Set<Promise<void>>): AsyncGenerator<Answer> {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  running.add(ended);
  try {
    yield* answers;
  } finally {
    running.delete(ended);
    end();
  }
}
