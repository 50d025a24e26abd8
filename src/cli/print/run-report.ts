import type { RunEvent, ScanProblem, TaskFailure } from '../../index.js';
import type { Console } from '../console.js';
import { escape } from './escape.js';
import { reasonSentence } from './reasons.js';
import { counted } from './units.js';

/** Lines of one kind that are shown unless all are asked for. */
const MOST_LINES = 20;

/** What a run said besides its results, as JSON output repeats it. */
export interface RunMessages {
  readonly warnings: { readonly code: string; readonly message: string }[];
  readonly corrupt: { readonly document: string; readonly problem: string }[];
}

/** Prints warnings, and with --verbose every task, while a run goes on. */
export function listenToRun(console: Console): {
  readonly onEvent: (event: RunEvent) => void;
  readonly messages: RunMessages;
} {
  const messages: RunMessages = { warnings: [], corrupt: [] };
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'warning') {
      messages.warnings.push({ code: event.code, message: event.message });
      console.warn(`${escape(event.message)} [${escape(event.code)}]`);
    } else if (event.type === 'document-corrupt') {
      messages.corrupt.push({ document: event.document, problem: event.problem });
      if (console.verbose || messages.corrupt.length <= MOST_LINES) {
        console.warn(
          `${escape(event.document)} of the cache cannot be used and counts as absent: ${escape(event.problem)}`,
        );
      }
    } else if (event.type === 'task-uncacheable') {
      if (console.verbose)
        console.note(`${escape(event.path)} ${escape(event.analyzer)}: not kept: ${escape(event.why)}`);
    } else if (event.type === 'task-finished' && console.verbose) {
      console.note(`${escape(event.path)} ${escape(event.analyzer)}: ${escape(reasonSentence(event.reason))}`);
    }
  };
  return { onEvent, messages };
}

/** How many corrupt documents were not named. */
export function printUnnamed({ corrupt }: RunMessages, console: Console): void {
  const unnamed = corrupt.length - MOST_LINES;
  if (unnamed > 0 && !console.verbose)
    console.warn(`${counted(unnamed, 'more document')} of the cache cannot be used (--verbose names them)`);
}

/** Failures are errors and are said even where little is; files that were left out are not. */
export function printProblems(
  console: Console,
  failures: readonly TaskFailure[],
  skipped: readonly ScanProblem[],
): void {
  const { problem, warning } = console.stderrStyle;
  const failed = failures.map(
    ({ path, analyzer, message }) => `${problem('failed:')} ${escape(path)} ${escape(analyzer)}: ${escape(message)}`,
  );
  const left = skipped.map(({ path, message }) => `${warning('skipped:')} ${escape(path)}: ${escape(message)}`);
  printSome(failed, console.verbose, (line) => console.error(line));
  printSome(left, console.verbose, (line) => console.note(line));
}

/** All lines, or the first and how many more there are. */
export function printSome(
  lines: readonly string[],
  all: boolean,
  print: (line: string) => void,
  most = MOST_LINES,
): void {
  const shown = all ? lines : lines.slice(0, most);
  shown.forEach(print);
  if (shown.length < lines.length)
    print(`... and ${counted(lines.length - shown.length, 'more line')} (--verbose shows all)`);
}
