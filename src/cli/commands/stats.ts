import type { ReasonKind, RunStatistics } from '../../index.js';
import type { Command } from '../command.js';
import type { Console } from '../console.js';
import { EXIT } from '../exit-code.js';
import { openCache, requireKnown } from '../open-cache.js';
import { escape } from '../print/escape.js';
import { amounts } from '../print/estimate.js';
import { REASON_KINDS, reasonTitle } from '../print/reasons.js';
import { table } from '../print/table.js';
import { count, counted, duration, percent, size } from '../print/units.js';

export const stats: Command = async (invocation) => {
  const { console } = invocation;
  const cache = await openCache(invocation);
  await requireKnown(cache);
  const { manager, codebaseId } = cache;
  const statistics = await manager.statistics(codebaseId);
  const kept = (await manager.listCodebases()).find((each) => each.codebaseId === codebaseId);
  const { files = 0, sizeBytes = 0, lastRunAt = null } = kept ?? {};
  if (console.asJson)
    await console.printJson({ schemaVersion: 1, codebaseId, files, sizeBytes, lastRunAt, ...statistics });
  else printStatistics(statistics, { codebaseId, files, sizeBytes }, console);
  await manager.close();
  return EXIT.ok;
};

function printStatistics(
  { runs, since, analyzed, reused, failed, hitRate, durationMs, savedMs, savedCost, cost, reasons }: RunStatistics,
  { codebaseId, files, sizeBytes }: { readonly codebaseId: string; readonly files: number; readonly sizeBytes: number },
  console: Console,
): void {
  console.print(console.style.heading(escape(codebaseId)));
  const rows = [
    ['runs', count(runs), since === null ? '' : `since ${escape(since)}, on this machine`],
    [
      'hit rate',
      hitRate === null ? 'none yet' : percent(hitRate),
      `${count(reused)} reused, ${count(analyzed)} analyzed, ${count(failed)} failed`,
    ],
    ['time saved', duration(savedMs), `${duration(durationMs)} spent`],
    ...(Object.keys({ ...savedCost, ...cost }).length === 0
      ? []
      : [['cost saved', amounts(savedCost).join(', ') || 'nothing', `${amounts(cost).join(', ') || 'nothing'} spent`]]),
    ['kept', size(sizeBytes), `${counted(files, 'file')}, without history`],
  ];
  for (const line of table(rows)) console.print(`  ${line}`);
  const counts = Object.entries(reasons).map(([kind, number]) => [titleOf(kind), count(number)] as const);
  if (counts.length === 0) return;
  console.print('Why tasks ran or were looked up');
  for (const line of table(counts, { rightAligned: [1] })) console.print(`  ${line}`);
}

/** The log may have been written by another version. */
const titleOf = (kind: string): string =>
  (REASON_KINDS as readonly string[]).includes(kind) ? reasonTitle(kind as ReasonKind) : escape(kind);
