import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { openCache, requireKnown } from '../open-cache.js';
import { escape } from '../print/escape.js';
import { printSome } from '../print/run-report.js';
import { count, counted } from '../print/units.js';

export const verify: Command = async (invocation) => {
  const { options, console } = invocation;
  // Its findings are the result, so they are not said a second time as warnings.
  const cache = await openCache(invocation, { onDamage: () => undefined });
  await requireKnown(cache);
  const { manager, codebaseId } = cache;
  const report = await manager.verify(codebaseId, { repair: options.repair ?? false });
  const { documents, records, problems, repaired } = report;
  if (console.asJson) await console.printJson({ schemaVersion: 1, codebaseId, ...report });
  else {
    const { good, problem } = console.style;
    const lines = problems.map(
      ({ document, problem: what }) => `${problem('bad:')} ${escape(document)}: ${escape(what)}`,
    );
    printSome(lines, console.verbose, (line) => console.print(line));
    const found = problems.length === 0 ? good('all good') : problem(counted(problems.length, 'problem'));
    const removed =
      options.repair === true && problems.length > 0
        ? `, ${counted(repaired, 'document')} removed to be made anew`
        : '';
    console.print(`${counted(documents, 'document')} checked, ${count(records)} of them results: ${found}${removed}`);
    if (problems.length > 0 && options.repair !== true)
      console.note('Remove what is bad with: documee verify --repair');
  }
  await manager.close();
  return problems.length > 0 ? EXIT.failed : EXIT.ok;
};
