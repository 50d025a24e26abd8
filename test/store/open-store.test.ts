import { expect } from 'chai';
import path from 'node:path';
import { CacheError } from '../../src/model/errors.js';
import { openStore, type StoreConfig } from '../../src/store/open-store.js';
import { FileStore, MemoryStore, TieredStore } from '../../src/store/named-stores.js';
import { filesBelow, temporaryFolder } from '../support/temporary.js';

const wrong = async (config: unknown): Promise<string> => {
  try {
    await openStore(config as StoreConfig);
    return 'opened';
  } catch (error) {
    return error instanceof CacheError ? `${error.code} ${error.message}` : 'another error';
  }
};

describe('openStore', () => {
  it('opens an address, relative to the root', async () => {
    const root = temporaryFolder();
    for (const url of ['memory:', 'file:./cache', 'sqlite:./cache.db']) {
      const store = await openStore(url, { root });
      await store.save('a', { b: 1 });
      expect(await store.load('a'), url).to.deep.equal({ b: 1 });
      await store.close();
    }
    expect(filesBelow(root)).to.include('cache.db');
    expect(filesBelow(path.join(root, 'cache')).length).to.be.above(0);
  });

  it('opens tiers of a configuration, and the stores by their names', async () => {
    const root = temporaryFolder();
    const tiers = await openStore(
      { type: 'tiered', tiers: ['memory:', { store: 'file:c', mode: 'read-write' }] },
      { root },
    );
    await tiers.save('a', 1);
    await tiers.close();
    const file = await FileStore.open({ basePath: 'c', root });
    const memory = await MemoryStore.open();
    const both = await TieredStore.open([memory, file]);
    expect(await both.load('a')).to.equal(1);
    expect(await memory.load('a')).to.equal(1);
    for (const store of [both, memory, file]) await store.close();
  });

  it('a configuration that makes no sense is refused without showing what is in it', async () => {
    expect(await wrong({ type: 'redsi', url: 'canary' })).to.match(/^CACHE_BAD_STORE .*did you mean "redis"/);
    expect(await wrong({ type: 'sqlite', path: 'x', ttlDefalt: 'canary' })).to.include('did you mean "ttlDefault"');
    expect(await wrong({ type: 'sqlite' })).to.include('"path" is missing');
    expect(await wrong({ type: 'tiered', tiers: [] })).to.include('CACHE_BAD_STORE');
    expect(await wrong({ type: 'object', url: 'redis://:canary@h' })).to.match(/^CACHE_BAD_STORE(?!.*canary)/);
  });
});
