import { invalidateRemote } from '../../index.js';
import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { isKnown, openCache, requireKnown } from '../open-cache.js';
import { escape } from '../print/escape.js';
import { counted } from '../print/units.js';
import { remoteFlags, storageOptions } from '../settings.js';
import { UsageError } from '../usage-error.js';

export const invalidate: Command = async (invocation) => {
  const { options, console, env } = invocation;
  const [id] = invocation.arguments;
  if (id !== undefined && options.codebase !== undefined) {
    throw new UsageError('the codebase is given twice', { advice: 'Give it as an argument or with --codebase.' });
  }
  const cache = await openCache(invocation, { flags: { codebase: id ?? options.codebase, ...remoteFlags(options) } });
  const { manager, codebaseId, root, config } = cache;
  const { remote } = storageOptions(config);
  // An id that somebody wrote may be misspelled; a default is right, and may have nothing to invalidate yet.
  if (remote === undefined && (id !== undefined || options.codebase !== undefined)) await requireKnown(cache);
  const analyzers = Object.keys((await manager.loadAnalysis(codebaseId))?.head.analyzers ?? {});
  const selection = { paths: options.path, analyzers: options.analyzer };
  const report = (await isKnown(cache))
    ? await manager.invalidate(codebaseId, selection)
    : { codebaseId, epoch: 0, files: 0, removed: 0 };
  // Forbidden here first: what another machine brings back meanwhile is not taken.
  const removedRemote =
    remote && ((await invalidateRemote(remote, selection, { codebaseId, root, environment: env })) ?? null);
  if (console.asJson)
    await console.printJson({ schemaVersion: 1, ...report, ...(removedRemote !== undefined && { removedRemote }) });
  else if (report.epoch > 0 && report.files === 0 && report.removed === 0) {
    console.print(`Nothing kept for ${escape(codebaseId)} matches${knownAnalyzers(analyzers)}`);
  } else {
    console.print(
      `Invalidated ${escape(codebaseId)}: ${counted(report.files, 'file')} affected, ${counted(report.removed, 'record')} removed`,
    );
  }
  if (!console.asJson && removedRemote !== undefined)
    console.print(
      removedRemote === null
        ? 'The shared cache is only read from here; its records stay'
        : `Shared cache: ${counted(removedRemote, 'record')} removed`,
    );
  await manager.close();
  return EXIT.ok;
};

const knownAnalyzers = (ids: readonly string[]): string =>
  ids.length === 0 ? '' : `; its analyzers are ${ids.map((id) => escape(id)).join(', ')}`;
