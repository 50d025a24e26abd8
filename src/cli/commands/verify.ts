import { verifyDeep, type DeepReport, type SampleSize, type VerifyReport } from '../../index.js';
import type { Command, Invocation } from '../command.js';
import { EXIT } from '../exit-code.js';
import { openCache, requireKnown, type OpenCache } from '../open-cache.js';
import { DEEP_OPTIONS } from '../options.js';
import { longFlag } from '../option-value.js';
import { printDeep } from '../print/deep.js';
import { escape } from '../print/escape.js';
import { openProgress } from '../print/progress.js';
import { listenToRun, printSome } from '../print/run-report.js';
import { count, counted } from '../print/units.js';
import { nounOf } from '../run-analysis.js';
import { analyzeOptions, scopeFlags } from '../settings.js';
import { UsageError } from '../usage-error.js';

export const verify: Command = async (invocation) => {
  const { options, console } = invocation;
  if (options.deep !== true) refuseDeepOptions(invocation);
  const sample = options.sample === undefined ? undefined : parseSample(options.sample);
  // Its findings are the result, so they are not said a second time as warnings.
  const cache = await openCache(invocation, { flags: scopeFlags(options), onDamage: () => undefined });
  await requireKnown(cache);
  const { manager, codebaseId } = cache;
  const report = await manager.verify(codebaseId, { repair: options.repair ?? false });
  if (!console.asJson) printReport(report, invocation);
  const deep = options.deep === true ? await compare(cache, invocation, sample) : undefined;
  if (console.asJson)
    await console.printJson({ schemaVersion: 1, codebaseId, ...report, ...(deep === undefined ? {} : { deep }) });
  else if (deep !== undefined) printDeep(deep, console);
  await manager.close();
  return report.problems.length > 0 || (deep?.different.length ?? 0) > 0 ? EXIT.failed : EXIT.ok;
};

function refuseDeepOptions({ options }: Invocation): void {
  for (const spec of DEEP_OPTIONS) {
    const flag = longFlag(spec);
    const name = flag.replace(/^--(no-)?/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if ((options as Readonly<Record<string, unknown>>)[name] === undefined) continue;
    throw new UsageError(`option ${flag} is for --deep only`, { advice: 'See: documee verify --help' });
  }
}

/** @throws UsageError */
function parseSample(text: string): SampleSize {
  const [, number, percent] = /^(\d+)(?:(?:\.\d+)?(%))?$/.exec(text) ?? [];
  const isShare = percent !== undefined && parseFloat(text) > 0 && parseFloat(text) <= 100;
  if (text === 'all') return text;
  if (isShare) return text as SampleSize;
  if (percent === undefined && Number(number) >= 1) return Number(number);
  throw new UsageError(
    `option --sample must be a share such as 5%, a whole number from 1 on or all, found ${JSON.stringify(text)}`,
    {
      advice: 'See: documee verify --help',
    },
  );
}

function compare(cache: OpenCache, invocation: Invocation, sample: SampleSize | undefined): Promise<DeepReport> {
  const progress = openProgress(invocation, nounOf(cache));
  const { onEvent } = listenToRun(invocation.console);
  const options = analyzeOptions(cache, invocation, (event) => {
    progress.onEvent(event);
    if (event.type !== 'document-corrupt') onEvent(event);
  });
  return verifyDeep({ ...options, ...(sample === undefined ? {} : { sample }) }).finally(() => progress.stop());
}

function printReport({ documents, records, problems, repaired }: VerifyReport, { options, console }: Invocation): void {
  const { good, problem } = console.style;
  const lines = problems.map(
    ({ document, problem: what }) => `${problem('bad:')} ${escape(document)}: ${escape(what)}`,
  );
  printSome(lines, console.verbose, (line) => console.print(line));
  const found = problems.length === 0 ? good('all good') : problem(counted(problems.length, 'problem'));
  const removed =
    options.repair === true && problems.length > 0 ? `, ${counted(repaired, 'document')} removed to be made anew` : '';
  console.print(`${counted(documents, 'document')} checked, ${count(records)} of them results: ${found}${removed}`);
  if (problems.length > 0 && options.repair !== true) console.note('Remove what is bad with: documee verify --repair');
}
