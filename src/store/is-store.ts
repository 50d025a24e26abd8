import type { Store } from './store.js';

/** Whether a choice of a store is one that is open: by what it can do, since a process may have loaded this package twice. */
export function isStore(choice: unknown): choice is Store {
  if (typeof choice !== 'object' || choice === null) return false;
  const { driver, loadMany, transaction } = choice as Partial<Record<keyof Store, unknown>>;
  return typeof driver === 'object' && typeof loadMany === 'function' && typeof transaction === 'function';
}
