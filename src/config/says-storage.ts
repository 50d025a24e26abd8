import type { Config } from '../schema/generated/config.js';
import type { Environment } from './environment.js';
import type { StorageFlags } from './storage-sources.js';

/** The variables that say something about stores and the shared cache. Each says nothing where it is empty. */
export const STORAGE_VARIABLES = {
  store: 'DOCUMEE_STORE',
  remote: 'DOCUMEE_REMOTE',
  mode: 'DOCUMEE_REMOTE_MODE',
  scope: 'DOCUMEE_REMOTE_SCOPE',
  privateKey: 'DOCUMEE_SIGNING_KEY',
  publicKeys: 'DOCUMEE_PUBLIC_KEYS',
} as const;

/** Whether anybody says anything about stores or the shared cache: most runs know neither, and load nothing for them. */
export function saysStorage(flags: StorageFlags, environment: Environment, config: Config | undefined): boolean {
  const { store, remote, remoteMode, remoteScope } = flags;
  return (
    [store, remote, remoteMode, remoteScope].some((value) => value !== undefined) ||
    Object.values(STORAGE_VARIABLES).some((name) => (environment[name] ?? '') !== '') ||
    [config?.store, config?.stores, config?.remote].some((value) => value !== undefined)
  );
}
