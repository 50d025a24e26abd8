import type { FileColumns } from './file-columns.js';
import { CHUNK } from './stat-assignment.js';
import type { StatThread } from './stat-thread.js';
import { StateReader, type StateReaderOptions } from './state-reader.js';
import type { Turns } from './turns.js';

export interface ReadStatesOptions extends StateReaderOptions {
  readonly turns: Turns;
  /** A second thread, in `stat` mode over many files. */
  readonly thread: StatThread | undefined;
}

export interface StatesRead {
  readonly columns: FileColumns;
  readonly hashedCount: number;
}

/** State of every path of the listing: by its tuple where that is stored and the same, else by its bytes. */
export async function readStates(options: ReadStatesOptions): Promise<StatesRead> {
  const { listing, changeDetection, turns } = options;
  const reader = new StateReader(options);
  const total = listing.paths.length;
  if (options.thread !== undefined && options.places === undefined && options.earlier !== undefined) {
    await readWithThread(reader, options.thread, options);
    return { columns: reader.columns, hashedCount: reader.hashedCount };
  }
  for (let at = 0; at < total; at++) {
    const wasRead = changeDetection === 'content' ? reader.readContent(at) : reader.checkTuple(at);
    // Looking at the clock costs a tenth of an lstat.
    if ((wasRead || (at & 63) === 63) && turns.due()) await turns.take(at, total);
  }
  return { columns: reader.columns, hashedCount: reader.hashedCount };
}

/** The same, with the work shared between this thread and another. */
async function readWithThread(reader: StateReader, thread: StatThread, options: ReadStatesOptions): Promise<void> {
  const { listing, turns, rootDevice, maxFileBytes, earlier } = options;
  const total = listing.paths.length;
  thread.assign({ base: reader.base, device: rootDevice, maxFileBytes }, listing.paths, earlier as FileColumns);
  for (let chunk = thread.claim(); chunk !== undefined; chunk = thread.claim()) {
    const end = Math.min(total, (chunk + 1) * CHUNK);
    for (let at = chunk * CHUNK; at < end; at++) {
      const wasRead = reader.checkTuple(at);
      if ((wasRead || (at & 63) === 63) && turns.due()) await turns.take(at, total);
    }
  }
  for await (const { chunk, isSame } of thread.taken(() => turns.take(total, total))) {
    const end = Math.min(total, (chunk + 1) * CHUNK);
    for (let at = chunk * CHUNK; at < end; at++) {
      if (isSame(at)) continue;
      if (reader.checkTuple(at) && turns.due()) await turns.take(total, total);
    }
  }
}
