import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { openCache, requireKnown } from '../open-cache.js';
import { counted, size } from '../print/units.js';

export const prune: Command = async (invocation) => {
  const { options, console } = invocation;
  const cache = await openCache(invocation);
  await requireKnown(cache);
  const { manager, codebaseId, config } = cache;
  const { limits } = config.values;
  const report = await manager.prune(codebaseId, {
    versions: options.keepVersions ?? limits.versions,
    maxAgeDays: options.maxAgeDays ?? limits.maxAgeDays,
    maxSizeBytes: options.maxSize ?? limits.maxSizeBytes,
    graceHours: options.graceHours,
    dryRun: options.dryRun ?? false,
  });
  if (console.asJson) await console.printJson({ schemaVersion: 1, codebaseId, ...report });
  else {
    const { removedRecords, removedVersions, removedTemporaries, removedBytes, keptRecords, keptBytes } = report;
    const what = [
      counted(removedRecords, 'record'),
      counted(removedVersions, 'version'),
      ...(removedTemporaries > 0 ? [counted(removedTemporaries, 'temporary file')] : []),
    ];
    console.print(
      `${report.dryRun ? 'Would remove' : 'Removed'} ${what.join(', ')} (${size(removedBytes)} without history)`,
    );
    console.print(
      `${report.dryRun ? 'Would keep' : 'Kept'} ${counted(keptRecords, 'record')} (${size(keptBytes)} without history)`,
    );
  }
  await manager.close();
  return EXIT.ok;
};
