import { CacheError, type StoredRecord } from '../../index.js';
import type { Command } from '../command.js';
import type { Console } from '../console.js';
import { EXIT } from '../exit-code.js';
import { noAnalysis, openCache } from '../open-cache.js';
import { escape, escapeJson } from '../print/escape.js';
import { table } from '../print/table.js';
import { duration, size } from '../print/units.js';
import { sourcePath } from '../settings.js';

export const show: Command = async (invocation) => {
  const { options, console } = invocation;
  const cache = await openCache(invocation);
  const { manager, codebaseId, root } = cache;
  const path = sourcePath(invocation.arguments[0] ?? '', root);
  const analysis = await manager.loadAnalysis(codebaseId);
  if (analysis === undefined) throw await noAnalysis(cache);
  const file = await analysis.loadFile(path);
  const records = Object.entries(file?.records ?? {}).filter(([id]) => options.analyzer?.includes(id) ?? true);
  if (file === undefined || records.length === 0) throw noRecord(path, codebaseId, options.analyzer);
  if (console.asJson) {
    const { contentHash } = file;
    await console.printJson({ schemaVersion: 1, codebaseId, path, contentHash, records: Object.fromEntries(records) });
  } else {
    for (const [, record] of records) printRecord(record, path, console);
  }
  await manager.close();
  return EXIT.ok;
};

function noRecord(path: string, codebaseId: string, analyzers: readonly string[] | undefined): CacheError {
  const whose = analyzers === undefined ? '' : ` of analyzer ${analyzers.join(', ')}`;
  return new CacheError(
    'CACHE_BAD_PATH',
    `Nothing is stored for ${JSON.stringify(path)}${whose} in the last analysis of "${codebaseId}". Ask: documee explain ${path}`,
    {
      path,
      codebaseId,
    },
  );
}

function printRecord(record: StoredRecord, path: string, console: Console): void {
  const { analyzer, key, contentHash, sizeBytes, analyzedAt, durationMs, result } = record;
  console.print(`${console.style.heading(escape(path))} ${escape(analyzer.id)} ${escape(analyzer.version)}`);
  const facts = [
    ['key', key],
    ['content', `${contentHash}, ${size(sizeBytes)}`],
    ['analyzed', `${analyzedAt}, took ${duration(durationMs)}`],
  ];
  for (const line of table(facts)) console.print(`  ${line}`);
  console.print(escapeJson(JSON.stringify(result, null, 2)));
}
