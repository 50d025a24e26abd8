import { coverage, type Selection } from '../../persistence/epochs.js';
import { removeSelected } from '../../share/remove-selected.js';
import { DEFAULT_SCOPE, parseScope, SharedLayout } from '../../share/shared-layout.js';
import { isStore } from '../../store/is-store.js';
import { openStore } from '../../store/open-store.js';
import { modeOf, type RemoteOptions } from './remote-options.js';

export interface InvalidateRemoteOptions {
  readonly codebaseId: string;
  /** Paths in the configuration of a store are relative to it. Default: the current folder. */
  readonly root?: string;
  /** Default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Removes records from the scope of a shared cache that may be written to, so that no machine takes them over from now on; what other machines took
 * over already is theirs. Number of records removed; undefined where the remote is only read.
 * @throws CacheError as `openStore`, and as the store does.
 */
export async function invalidateRemote(
  given: RemoteOptions | string,
  selection: Selection,
  { codebaseId, root, environment = process.env }: InvalidateRemoteOptions,
): Promise<number | undefined> {
  const remote = typeof given === 'string' ? { store: given } : given;
  if (modeOf(remote, environment) === 'read') return undefined;
  const isWhole = selection.paths === undefined && selection.analyzers === undefined;
  const covers = isWhole ? undefined : coverage(selection);
  const scope = parseScope(remote.scope ?? DEFAULT_SCOPE);
  const { store: choice } = remote;
  const store = isStore(choice) ? choice : await openStore(choice, { root, environment });
  try {
    return await removeSelected(store, new SharedLayout(codebaseId), scope, covers);
  } finally {
    if (store !== choice) await store.close();
  }
}
