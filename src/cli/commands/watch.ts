import { isCi, messageOf, watchCodebase, type EventListener, type Round, type TaskFailure } from '../../index.js';
import type { Command, Invocation } from '../command.js';
import type { Console } from '../console.js';
import { EXIT } from '../exit-code.js';
import { escape } from '../print/escape.js';
import { openProgress } from '../print/progress.js';
import { listenToRun, printProblems, printUnnamed, type RunMessages } from '../print/run-report.js';
import { count, counted, duration } from '../print/units.js';
import { nounOf, warnOfEmptyScope } from '../run-analysis.js';
import { analyzeOptions, loadSettings, remoteFlags, scopeFlags, type CommandSettings } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { analyzeDocument } from './analyze.js';

/** Paths that the line of a round names. */
const MOST_PATHS = 5;

export const watch: Command = async (invocation) => {
  const { options, console, env } = invocation;
  if (isCi(env)) {
    throw new UsageError('watch does not run in CI, where nobody would end it', { advice: 'Use: documee analyze' });
  }
  const load = (): Promise<CommandSettings> =>
    loadSettings(invocation, {
      root: invocation.arguments[0],
      flags: { ...scopeFlags(options), ...remoteFlags(options) },
    });
  const settings = await load();
  const listener = listenToRounds(settings, invocation);
  const rounds = watchCodebase({
    ...analyzeOptions(settings, invocation, listener.onEvent),
    // The configuration may have been edited.
    reload: async () => analyzeOptions(await load(), invocation),
  });
  let failuresBefore = '';
  for await (const round of rounds) {
    const heard = listener.endRound();
    const failures = round.outcome === 'finished' ? failureText(round.run.failures) : '';
    if (!isWorthALine(round) && failures === failuresBefore) continue;
    failuresBefore = failures;
    if (console.asJson) await console.printAll(`${JSON.stringify(watchDocument(round, heard))}\n`);
    printRound(round, heard, settings, console);
  }
  return EXIT.ok;
};

/** What a round said while it went on. */
interface Heard {
  readonly messages: RunMessages;
  /** Files that were analyzed, in the order in which they were done. */
  readonly ran: ReadonlySet<string>;
}

function listenToRounds(
  settings: CommandSettings,
  invocation: Invocation,
): { readonly onEvent: EventListener; endRound(): Heard } {
  const open = (): {
    progress: ReturnType<typeof openProgress>;
    told: ReturnType<typeof listenToRun>;
    ran: Set<string>;
  } => ({
    progress: openProgress(invocation, nounOf(settings)),
    told: listenToRun(invocation.console),
    ran: new Set(),
  });
  let current = open();
  return {
    onEvent(event) {
      current.progress.onEvent(event);
      current.told.onEvent(event);
      if (event.type === 'task-finished' || event.type === 'task-failed') current.ran.add(event.path);
    },
    endRound() {
      const { progress, told, ran } = current;
      progress.stop();
      current = open();
      return { messages: told.messages, ran };
    },
  };
}

/** Rounds on a timer are for what events do not tell: most of them find nothing. */
function isWorthALine(round: Round): boolean {
  if (round.outcome !== 'finished' || round.run.changed) return true;
  return !['interval', 'poll', 'sleep', 'loss'].includes(round.cause);
}

const failureText = (failures: readonly TaskFailure[]): string =>
  failures.map(({ path, analyzer, message }) => `${path}\n${analyzer}\n${message}`).join('\n');

/** See `schemas/watch-output.schema.json`. */
function watchDocument(round: Round, { messages, ran }: Heard): object {
  const { number, cause, startedAt, outcome } = round;
  return {
    ...{ schemaVersion: 1, round: number, cause, startedAt: new Date(startedAt).toISOString(), outcome },
    ...(outcome === 'finished' && { ran: [...ran].sort(), analysis: analyzeDocument({ run: round.run, messages }) }),
    ...(outcome === 'failed' && { error: { code: codeOf(round.error) ?? null, message: messageOf(round.error) } }),
  };
}

function printRound(round: Round, { messages, ran }: Heard, settings: CommandSettings, console: Console): void {
  const { heading, problem } = console.style;
  const say = (text: string): void => {
    if (!console.asJson && !console.quiet) console.print(`${heading(timeOfDay(round.startedAt))}  ${text}`);
  };
  if (round.outcome === 'root-missing') {
    console.error(`The root is gone: ${escape(settings.root)}. Waiting until it is a folder again.`);
  } else if (round.outcome === 'failed') {
    const code = codeOf(round.error);
    const suffix = code === undefined ? '' : ` [${code}]`;
    console.error(`${problem('round failed:')} ${escape(messageOf(round.error))}${suffix}`);
  } else {
    const { run } = round;
    warnOfEmptyScope(run.totals.files, settings, console);
    printUnnamed(messages, console);
    printProblems(console, run.failures, run.skipped);
    say(`${figures(round.run.totals, console)}  ${console.style.detail(duration(run.durationMs))}${named(ran)}`);
  }
}

function figures(
  { analyzed, reused, removed, failed, uncacheable }: Extract<Round, { outcome: 'finished' }>['run']['totals'],
  { style: { good, problem, warning } }: Console,
): string {
  return [
    `${count(analyzed)} analyzed`,
    good(`${count(reused)} reused`),
    ...(removed > 0 ? [`${count(removed)} removed`] : []),
    failed > 0 ? problem(`${count(failed)} failed`) : '0 failed',
    ...(uncacheable > 0 ? [warning(`${count(uncacheable)} uncacheable`)] : []),
  ].join(', ');
}

function named(ran: ReadonlySet<string>): string {
  if (ran.size === 0) return '';
  const more = ran.size > MOST_PATHS ? ` and ${counted(ran.size - MOST_PATHS, 'more file')}` : '';
  return `  ${[...ran].slice(0, MOST_PATHS).map(escape).join(', ')}${more}`;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** `09:05:00`, local time. */
function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
