import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { openCache } from '../open-cache.js';
import { escape } from '../print/escape.js';
import { table } from '../print/table.js';
import { count, size } from '../print/units.js';

export const list: Command = async (invocation) => {
  const { console } = invocation;
  const { manager } = await openCache(invocation);
  const codebases = await manager.listCodebases();
  if (console.asJson) {
    await console.printJson({ schemaVersion: 1, basePath: manager.basePath, codebases });
  } else if (codebases.length === 0) {
    console.note(`No codebase is kept in ${escape(manager.place)}. Run: documee analyze`);
  } else {
    const rows = codebases.map(({ codebaseId, files, sizeBytes, lastRunAt }) => [
      escape(codebaseId),
      count(files),
      size(sizeBytes),
      lastRunAt,
    ]);
    for (const line of table([['codebase', 'files', 'size without history', 'last change'], ...rows], {
      rightAligned: [1, 2],
    }))
      console.print(line);
  }
  await manager.close();
  return EXIT.ok;
};
