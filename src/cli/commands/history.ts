import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { openCache, requireKnown } from '../open-cache.js';
import { table } from '../print/table.js';
import { count, duration } from '../print/units.js';

export const history: Command = async (invocation) => {
  const { console } = invocation;
  const cache = await openCache(invocation);
  await requireKnown(cache);
  const { manager, codebaseId } = cache;
  const versions = await manager.listVersions(codebaseId);
  if (console.asJson) await console.printJson({ schemaVersion: 1, codebaseId, versions });
  else {
    const heads = ['version', 'created', 'files', 'analyzed', 'reused', 'removed', 'failed', 'time', 'saved'];
    const rows = versions.map(({ versionId, createdAt, totals, durationMs, savedMs }) => [
      ...[versionId, createdAt, count(totals.files), count(totals.analyzed), count(totals.reused)],
      ...[count(totals.removed), count(totals.failed), duration(durationMs), duration(savedMs)],
    ]);
    for (const line of table([heads, ...rows], { rightAligned: [2, 3, 4, 5, 6, 7, 8] })) console.print(line);
  }
  await manager.close();
  return EXIT.ok;
};
