import { explainPath, type ExplainedInput, type ExplainedTask } from '../../index.js';
import type { Command } from '../command.js';
import type { Console } from '../console.js';
import { EXIT } from '../exit-code.js';
import { escape } from '../print/escape.js';
import { reasonSentence } from '../print/reasons.js';
import { listenToRun } from '../print/run-report.js';
import { table } from '../print/table.js';
import { analyzeOptions, loadSettings, scopeFlags, sourcePath } from '../settings.js';

export const explain: Command = async (invocation) => {
  const { options, console } = invocation;
  const settings = await loadSettings(invocation, { flags: scopeFlags(options) });
  const { onEvent } = listenToRun(console);
  const wanted = sourcePath(invocation.arguments[0] ?? '', settings.root);
  const { path, contentHash, tasks } = await explainPath(analyzeOptions(settings, invocation, onEvent), wanted);
  if (console.asJson) {
    await console.printJson({
      schemaVersion: 1,
      codebaseId: settings.config.values.codebase,
      path,
      contentHash,
      tasks,
    });
    return EXIT.ok;
  }
  console.print(`${console.style.heading(escape(path))}  ${contentHash}`);
  if (tasks.length === 0) console.print('No analyzer is asked about this file.');
  for (const task of tasks) printTask(task, console);
  return EXIT.ok;
};

function printTask({ analyzer, decision, reason, inputs }: ExplainedTask, console: Console): void {
  const { heading, good, warning } = console.style;
  const verdict = decision === 'run' ? warning('would run') : good('would be reused');
  console.print('');
  console.print(`${heading(escape(analyzer))}: ${verdict}: ${escape(reasonSentence(reason))}`);
  for (const line of table(inputs.map(inputRow))) console.print(`  ${line}`);
}

function inputRow({ input, old, new: now, changed }: ExplainedInput): string[] {
  const value = changed ? `${old ?? 'nothing'} -> ${now ?? 'nothing'}` : (now ?? 'none');
  return [escape(input), changed ? 'changed' : 'same', escape(value)];
}
