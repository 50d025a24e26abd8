import { CacheError, canonicalJson } from '../../index.js';
import type { Command } from '../command.js';
import { EXIT } from '../exit-code.js';
import { runAnalysis } from '../run-analysis.js';
import { loadSettings, remoteFlags, scopeFlags } from '../settings.js';

/** Lines are handed over in pieces of about this many characters. */
const PIECE_CHARACTERS = 64 * 1024;

export const results: Command = async (invocation) => {
  const { options, console, signal } = invocation;
  const settings = await loadSettings(invocation, { flags: { ...scopeFlags(options), ...remoteFlags(options) } });
  const { run } = await runAnalysis(settings, invocation);
  try {
    let piece = '';
    for await (const { analyzer, contentHash, durationMs, path, result, reused } of run.results()) {
      if (signal?.aborted === true) throw new CacheError('CACHE_ABORTED', 'Interrupted while results were printed.');
      const stable = { analyzer, contentHash, path, result };
      piece += `${canonicalJson(options.stable === true ? stable : { ...stable, durationMs, reused })}\n`;
      if (piece.length < PIECE_CHARACTERS) continue;
      await console.printAll(piece);
      piece = '';
    }
    await console.printAll(piece);
    return run.totals.failed > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await run.close();
  }
};
