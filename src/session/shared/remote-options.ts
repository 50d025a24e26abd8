import { isCi } from '../../config/environment.js';
import { CacheError } from '../../model/errors.js';
import type { StoreChoice } from '../../store/open-store.js';
import type { Secret } from '../../util/secret.js';

export const REMOTE_MODES = ['read', 'write', 'read-write'] as const;
export type RemoteMode = (typeof REMOTE_MODES)[number];

/** A cache that machines share: what is looked up there, and what is sent there. */
export interface RemoteOptions {
  /** URL or configuration of the store, or one that is open already and stays open. */
  readonly store: StoreChoice;
  /** Default: `read` where no private key is given and either the environment variable CI is set or public keys are given; else `read-write`. */
  readonly mode?: RemoteMode;
  /** Where records are written, and read first; default `default`. */
  readonly scope?: string;
  /** Other scopes that are read, in order. */
  readonly readScopes?: readonly string[];
  readonly signing?: {
    /** PEM or Base64 of an Ed25519 key: records that are sent are signed with it, and its own signatures are trusted. */
    readonly privateKey?: string | Secret;
    /** Each as `documee-ed25519:…`. With any key, only what is signed by one of them is taken. */
    readonly publicKeys?: readonly string[];
  };
  /** What a run may lose to a remote that is down, slow or refuses, in ms; default 2,000. */
  readonly budgetMs?: number;
  /** Of machines that miss the same at the same time, let one analyze it, where the store has leases; default true. */
  readonly leases?: boolean;
  /** How long a machine that died keeps others waiting at most, in ms; default 10,000. */
  readonly leaseMs?: number;
  /** Folder for what could not be sent; default: one of the user's, outside of all codebases. */
  readonly outboxFolder?: string;
}

/** What a run had of the shared cache. */
export interface RemoteTotals {
  /** Without credentials. */
  readonly store: string;
  readonly mode: RemoteMode;
  /** Results that were taken over. */
  readonly found: number;
  /** Records that were not taken, as they did not prove themselves or are not signed by a trusted key. */
  readonly refused: number;
  /** Results of this run that are there now. */
  readonly sent: number;
  /** Results that are kept to be sent next time. */
  readonly pending: number;
}

/** What may be done with the remote. @throws CacheError CACHE_BAD_CONFIG */
export function modeOf(
  { mode, signing }: RemoteOptions,
  environment: Readonly<Record<string, string | undefined>>,
): RemoteMode {
  if (mode === undefined) {
    const { privateKey, publicKeys = [] } = signing ?? {};
    if (privateKey !== undefined) return 'read-write';
    // What it would send unsigned, neither it nor the others would take.
    return isCi(environment) || publicKeys.length > 0 ? 'read' : 'read-write';
  }
  if (REMOTE_MODES.includes(mode)) return mode;
  throw new CacheError(
    'CACHE_BAD_CONFIG',
    `The mode of the remote is ${JSON.stringify(mode)}. Expected ${REMOTE_MODES.join(', ')}.`,
    { mode },
  );
}
