import type { VersionDiff } from '../../index.js';
import type { Command } from '../command.js';
import type { Console } from '../console.js';
import { EXIT } from '../exit-code.js';
import { openCache, requireKnown } from '../open-cache.js';
import { escape } from '../print/escape.js';
import { printSome } from '../print/run-report.js';
import { table } from '../print/table.js';
import { counted } from '../print/units.js';

export const diff: Command = async (invocation) => {
  const { console } = invocation;
  const [a = '', b = ''] = invocation.arguments;
  const cache = await openCache(invocation);
  await requireKnown(cache);
  const { manager, codebaseId } = cache;
  const found = await manager.diffVersions(codebaseId, a, b);
  if (console.asJson) await console.printJson({ schemaVersion: 1, codebaseId, ...found });
  else printDiff(found, console);
  await manager.close();
  return EXIT.ok;
};

function printDiff({ files, results, equal }: VersionDiff, console: Console): void {
  const changes = results.map(({ path, analyzer, change }) => [change, escape(path), escape(analyzer)]);
  console.print(
    `${counted(files.added.length, 'file')} added, ${counted(files.removed.length, 'file')} removed, ${counted(results.length, 'result')} ${results.length === 1 ? 'differs' : 'differ'}`,
  );
  printSome(table(changes), console.verbose, (line) => console.print(`  ${line}`));
  if (equal > 0) console.print(`${counted(equal, 'result')} of changed inputs came out equal`);
}
