import { impactOf, type Impact, type ImpactedTask } from '../../index.js';
import type { Command } from '../command.js';
import type { Console } from '../console.js';
import { EXIT } from '../exit-code.js';
import { escape } from '../print/escape.js';
import { costText, estimateSentence } from '../print/estimate.js';
import { listenToRun, printSome } from '../print/run-report.js';
import { table } from '../print/table.js';
import { counted } from '../print/units.js';
import { analyzeOptions, loadSettings, scopeFlags, sourcePath } from '../settings.js';

export const impact: Command = async (invocation) => {
  const { options, console } = invocation;
  const settings = await loadSettings(invocation, { flags: scopeFlags(options) });
  const { onEvent } = listenToRun(console);
  const wanted = sourcePath(invocation.arguments[0] ?? '', settings.root);
  const found = await impactOf(analyzeOptions(settings, invocation, onEvent), wanted);
  if (console.asJson)
    await console.printJson({ schemaVersion: 1, codebaseId: settings.config.values.codebase, ...found });
  else printImpact(found, console);
  return EXIT.ok;
};

function printImpact(
  { path, exists, analyzers, tasks, totals: { certain, possible } }: Impact,
  console: Console,
): void {
  const { heading, detail } = console.style;
  const what = exists ? 'An edit of' : 'Creating';
  if (tasks.length === 0) {
    console.print(
      `${what} ${escape(path)} would run nothing again: no task of the last run (${escape(analyzers.join(', '))}) is about it or depends on it.`,
    );
    return;
  }
  const more = possible.run > 0 ? `, and ${counted(possible.run, 'task')} more if results come out otherwise` : '';
  console.print(`${heading(`${what} ${escape(path)} would run ${counted(certain.run, 'task')} again`)}${more}`);
  const [now, then] = [estimateSentence(certain), estimateSentence(possible)];
  console.print(detail(`by the last run, of ${escape(analyzers.join(', '))}`));
  if (now !== undefined) console.print(detail(`${now}${then === undefined ? '' : `; the others: ${then}`}`));
  for (const isCertain of [true, false]) {
    const rows = tasks.filter((task) => task.isCertain === isCertain).map(rowOf);
    if (rows.length === 0) continue;
    console.print('');
    console.print(heading(isCertain ? 'would run' : 'would run if a result comes out otherwise'));
    printSome(table(rows), console.verbose, (line) => console.print(`  ${line}`));
  }
}

function rowOf({ path, analyzer, reason, last }: ImpactedTask): string[] {
  return [escape(path), escape(analyzer), escape(whyOf(reason)), last === null ? '' : costText(last)];
}

function whyOf(reason: ImpactedTask['reason']): string {
  if (reason.kind === 'own-file') return 'its own file';
  if (reason.kind === 'result') return `uses the result of ${reason.analyzer} for ${reason.path}`;
  if (reason.dependency === 'listing') return 'lists its folder';
  if (reason.dependency === 'closure') return 'imports it';
  return reason.dependency === 'content' ? 'reads it' : 'looked for it';
}
