import type { KeyValueStore } from '../store/key-value-store.js';
import { scanJson } from '../schema/scan-json.js';
import type { SharedLayout } from './shared-layout.js';

const BATCH = 250;

/** Whether the record of a task is to go. */
export type Covers = (path: string, analyzer: string) => boolean;

/**
 * Removes the records of one scope that `covers` says, or all of them without it. Every record has to be loaded to know what it is of, and what
 * cannot be read goes as well. Number of records removed.
 */
export async function removeSelected(
  store: Pick<KeyValueStore, 'keys' | 'loadMany' | 'deleteMany' | 'clear'>,
  layout: SharedLayout,
  scope: string,
  covers: Covers | undefined,
): Promise<number> {
  const prefix = layout.scopePrefix(scope);
  if (covers === undefined) return store.clear(prefix);
  let removed = 0;
  let batch: string[] = [];
  const removeFrom = async (keys: readonly string[]): Promise<void> => {
    const values = await store.loadMany(keys);
    removed += await store.deleteMany(keys.filter((_, index) => isCovered(values[index], covers)));
  };
  for await (const key of store.keys(prefix)) {
    if (!layout.isRecordKey(key)) continue;
    batch.push(key);
    if (batch.length < BATCH) continue;
    await removeFrom(batch);
    batch = [];
  }
  await removeFrom(batch);
  return removed;
}

function isCovered(value: unknown, covers: Covers): boolean {
  if (!(value instanceof Uint8Array)) return true;
  const text = Buffer.from(value).toString('utf8');
  if (!scanJson(text, () => undefined).ok) return true;
  const { path, analyzer } = JSON.parse(text) as { path?: unknown; analyzer?: { id?: unknown } };
  return typeof path !== 'string' || typeof analyzer?.id !== 'string' || covers(path, analyzer.id);
}
