import path from 'node:path';
import { loadValidators } from '../../schema/validate.js';
import { readPrivateKey } from '../../share/keys.js';
import { DEFAULT_SCOPE } from '../../share/shared-layout.js';
import { SharedStore, type SharedStoreOptions } from '../../share/shared-store.js';
import type { SharedBackend } from '../../share/shared-backend.js';
import { newSigner, newVerifier } from '../../share/signing.js';
import { prepareStore } from '../../store/open-store.js';
import { defaultOutboxFolder } from '../../store/tiered/private-folder.js';
import type { StoreDriver } from '../../store/driver.js';
import { Outbox } from '../../store/outbox.js';
import { isStore } from '../../store/is-store.js';
import { Store } from '../../store/store.js';
import { Budget, DEFAULT_BUDGET_MS } from '../../store/tiered/budget.js';
import { Patience } from '../../store/tiered/patience.js';
import { canonicalJson } from '../../util/canonical-json.js';
import { listIfPresent } from '../../util/fs.js';
import { sha256Hex } from '../../util/hash.js';
import type { Session } from '../session.js';
import { durable } from '../session.js';
import { ContentDigests } from './content-digests.js';
import { RemoteLink } from './remote-link.js';
import { modeOf, type RemoteOptions } from './remote-options.js';
import { SharedCache } from './shared-cache.js';
import { UnsentRecords } from './unsent-records.js';
import { waitingClock } from './waiting-clock.js';

/** Part of the budget that calls leave for what comes after they failed: keeping what was not sent, and hanging up. */
const RESERVE = 0.1;

type SessionPart = Pick<
  Session,
  'settings' | 'fs' | 'clock' | 'hasher' | 'environment' | 'emit' | 'warn' | 'analyzers' | 'cache' | 'cacheFolders'
>;

/**
 * The shared cache of one run. Nothing is connected before something is looked for.
 * @throws CacheError CACHE_BAD_CONFIG, CACHE_BAD_STORE for what makes no sense.
 */
export async function openShared(
  remote: RemoteOptions,
  session: SessionPart,
  { isWritable, isForeseeing }: { readonly isWritable: () => boolean; readonly isForeseeing: boolean },
): Promise<SharedCache> {
  const { settings, fs, clock, hasher, environment, cacheFolders } = session;
  const { root, maxFileBytes, codebaseId } = settings;
  const mode = modeOf(remote, environment);
  const pair = remote.signing?.privateKey === undefined ? undefined : readPrivateKey(remote.signing.privateKey);
  const publicKeys = [...(remote.signing?.publicKeys ?? []), ...(pair === undefined ? [] : [pair.publicKey])];
  const scope = remote.scope ?? DEFAULT_SCOPE;
  const sharing: Omit<SharedStoreOptions, 'validators'> = {
    namespace: codebaseId,
    readScopes: [scope, ...(remote.readScopes ?? [])],
    ...(mode === 'read' ? {} : { writeScope: scope }),
    ...(pair === undefined ? {} : { signer: newSigner(pair) }),
    verifier: publicKeys.length === 0 ? undefined : newVerifier(publicKeys),
  };
  const over = async (backend: SharedBackend): Promise<SharedStore> =>
    new SharedStore(backend, { ...sharing, validators: await loadValidators() });
  const { description, openStore, hangUp } = await chosenStore(remote, session);
  const whileWaiting = waitingClock();
  const callsMs = (remote.budgetMs ?? DEFAULT_BUDGET_MS) * (1 - RESERVE);
  const link = new RemoteLink({
    async open() {
      const { store, close } = await openStore();
      return { shared: await over(store), close };
    },
    hangUp,
    description,
    patience: new Patience({
      budget: new Budget({ totalMs: callsMs, clock: whileWaiting }),
      clock: whileWaiting,
    }),
    leaseMs: remote.leaseMs,
    encoder: async () => {
      const shared = await over(NO_BACKEND);
      return (draft) => shared.encode(draft);
    },
    unsent: mode === 'read' || isForeseeing ? undefined : unsentRecords({ description, codebaseId }),
    warn: session.warn,
  });
  return new SharedCache({
    ...{ link, mode, isWritable, isForeseeing },
    leases: remote.leases ?? true,
    digests: new ContentDigests({ fs, root, hasher, maxFileBytes, hiddenFolders: cacheFolders }),
    cache: session.cache,
    durable: durable(session),
    clock,
    isLocal: (id) => session.analyzers.some(({ plan }) => plan.id === id && plan.isLocal === true),
  });

  function unsentRecords(place: { readonly description: string; readonly codebaseId: string }): UnsentRecords {
    const name = canonicalJson([place.description, place.codebaseId, scope]);
    const { outboxFolder } = remote;
    const folder =
      outboxFolder === undefined ? defaultOutboxFolder(name, environment) : path.join(outboxFolder, sha256Hex(name));
    return new UnsentRecords({
      hasAny: () => listIfPresent(fs, folder).length > 0,
      openOutbox: () => Outbox.open({ folder, fs, clock, onEvent: session.emit }),
    });
  }
}

interface ChosenStore {
  /** Without credentials. */
  readonly description: string;
  readonly openStore: () => Promise<{ readonly store: Store; readonly close: () => Promise<void> }>;
  readonly hangUp: () => Promise<void>;
}

/** Checked and loaded, and not connected. @throws CacheError CACHE_BAD_STORE */
async function chosenStore({ store: choice }: RemoteOptions, session: SessionPart): Promise<ChosenStore> {
  if (isStore(choice)) {
    const open = { store: choice, close: () => Promise.resolve() };
    const hangUp = (): Promise<void> => Promise.resolve();
    return { description: choice.description, openStore: () => Promise.resolve(open), hangUp };
  }
  const { fs, clock, environment, settings, emit: onEvent } = session;
  const { makeDriver, settings: writing } = await prepareStore(choice, {
    fs,
    clock,
    environment,
    onEvent,
    root: settings.root,
  });
  let driver: StoreDriver | undefined;
  return {
    description: makeDriver().description,
    async openStore() {
      driver = makeDriver();
      const store = await Store.open(driver, { ...writing, clock, onEvent });
      return { store, close: () => store.close() };
    },
    hangUp: async () => driver?.close(),
  };
}

/** For what needs no store. */
const NO_BACKEND: SharedBackend = {
  description: 'nothing',
  loadMany: (keys) => Promise.resolve(keys.map(() => undefined)),
  saveMany: () => Promise.resolve(),
  createMany: () => Promise.resolve([]),
  deleteMany: () => Promise.resolve(0),
};
