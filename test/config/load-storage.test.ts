import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { loadConfig, type ConfigSources, type LoadedConfig } from '../../src/config/load-config.js';
import type { StorageOptions } from '../../src/config/store-config.js';
import type { CacheError } from '../../src/model/errors.js';
import { realFs } from '../../src/util/fs.js';
import { temporaryRoot } from './temporary-root.js';

const CONFIG = '.documee/config.yaml';
const KEY = 'MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f';

function load(text: string, sources: Partial<ConfigSources> = {}, file = CONFIG): Promise<LoadedConfig> {
  const root = sources.root ?? temporaryRoot(text === '' ? {} : { [file]: text });
  return loadConfig({ fs: realFs, environment: {}, currentFolder: root, ...sources, root });
}

async function optionsOf(text: string, sources: Partial<ConfigSources> = {}): Promise<StorageOptions> {
  return (await load(text, sources)).storage?.() ?? {};
}

async function refusal(asked: () => Promise<unknown>): Promise<Error & Partial<Pick<CacheError, 'code' | 'details'>>> {
  try {
    await asked();
  } catch (error) {
    // By its name: where sources are transformed on the fly, what is loaded late comes with a copy of its own.
    if (error instanceof Error && error.name === 'CacheError') return error;
    throw error;
  }
  throw new Error('Expected the configuration to be refused');
}

/** Secrets as text, so that they can be compared. */
function revealed(value: unknown): unknown {
  if (value?.constructor.name === 'Secret') return `secret ${(value as { reveal(): string }).reveal()}`;
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}

describe('stores and remote in the configuration', () => {
  it('without a word about them nothing is loaded for them', async () => {
    const { values, origins, storage } = await load('codebase: shop\n', { environment: { DOCUMEE_REMOTE: '' } });
    expect([values.store, origins.store, values.remote, storage]).to.deep.equal([
      'file',
      'default',
      undefined,
      undefined,
    ]);
  });

  it('where nobody says anything, no module for them is loaded', () => {
    const loaded = new Set<string>();
    const visit = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      // An import of types alone is gone when it runs.
      const imports = fs
        .readFileSync(file, 'utf8')
        .matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)\.js';/gm);
      for (const [, name = ''] of imports) visit(path.join(path.dirname(file), `${name}.ts`));
    };
    visit(path.resolve(import.meta.dirname, '../../src/config/load-config.ts'));
    const names = Array.from(loaded, (file) => path.basename(file, '.ts'));
    expect(names).to.include.members(['load-config', 'says-storage', 'check-config']);
    const late = [
      'load-storage',
      'resolve-store',
      'check-stores',
      'signing-key',
      'storage-fields',
      'store-url',
      'secret',
    ];
    for (const name of late) expect(names).not.to.include(name);
  });

  describe('store', () => {
    const CASES: Readonly<Record<string, readonly [text: string, store: unknown]>> = {
      'the built-in store file is the default layout': ['store: file\n', undefined],
      'memory needs no settings': ['store: memory\n', { type: 'memory' }],
      'sqlite has a path of its own': ['store: sqlite\n', { type: 'sqlite', path: '<root>/.documee/store.sqlite' }],
      'a URL stays one, its path made absolute': ['store: "sqlite:a.db"\n', 'sqlite:<root>/a.db'],
      'settings of the kind count where its name is used': [
        'store: memory\nstores: { memory: { maxBytes: 5, maxEntries: 6, ttlDefault: 1.5 } }\n',
        { type: 'memory', maxBytes: 5, maxEntries: 6, ttlDefault: 1.5 },
      ],
      'settings of file count where store is not given': [
        'basePath: c\nstores: { file: { format: msgpack } }\n',
        { type: 'file', basePath: '<root>/c', codec: 'msgpack' },
      ],
      'a name of its own has a type': [
        'store: team\nstores: { team: { type: redis, url: "redis://u:${DOCUMEE_PW}@h/0", prefix: x } }\n',
        { type: 'redis', url: 'secret redis://u:hunter2@h/0', prefix: 'x' },
      ],
      'an object store by parts': [
        'store: object\nstores: { object: { provider: s3, bucket: b, pathStyle: true, accessKeyId: a, secretAccessKey: "${DOCUMEE_PW}" } }\n',
        {
          type: 'object',
          provider: 's3',
          bucket: 'b',
          pathStyle: true,
          accessKeyId: 'a',
          secretAccessKey: 'secret hunter2',
        },
      ],
      'an object store by address, with what is not in it': [
        'store: object\nstores: { object: { url: "azure://box/p", connectionString: "${DOCUMEE_PW}" } }\n',
        { type: 'object', url: 'secret azure://box/p', connectionString: 'secret hunter2' },
      ],
      'tiers name stores, kinds and addresses': [
        'store: tiered\nstores:\n  tiered: { tiers: [memory, { store: disk, mode: read }, "redis://h"], write: back }\n  disk: { type: sqlite, path: d.db }\n',
        {
          type: 'tiered',
          tiers: [
            { store: { type: 'memory' } },
            { store: { type: 'sqlite', path: '<root>/d.db' }, mode: 'read' },
            { store: 'redis://h' },
          ],
          write: 'back',
        },
      ],
    };
    for (const [what, [text, store]] of Object.entries(CASES)) {
      it(what, async () => {
        const root = temporaryRoot({ [CONFIG]: text });
        const options = await optionsOf('', { root, environment: { DOCUMEE_PW: 'hunter2' } });
        const shown = JSON.stringify(revealed(options.store) ?? null).replaceAll(root, '<root>');
        expect(JSON.parse(shown)).to.deep.equal(store ?? null);
      });
    }

    it('flag wins over environment, environment over file', async () => {
      const environment = { DOCUMEE_STORE: 'sqlite:env.db' };
      const text = 'store: memory\n';
      const root = temporaryRoot({ [CONFIG]: text });
      const sources = { root, environment, currentFolder: path.join(root, 'sub') };
      const flagged = await load('', { ...sources, flags: { store: 'sqlite:flag.db' } });
      expect(flagged.storage?.()).to.deep.equal({ store: `sqlite:${root}/sub/flag.db` });
      expect(flagged.origins.store).to.equal('flag --store');
      const fromEnvironment = await load('', sources);
      expect(fromEnvironment.storage?.()).to.deep.equal({ store: `sqlite:${root}/sub/env.db` });
      expect(fromEnvironment.origins.store).to.equal('environment DOCUMEE_STORE');
      expect((await load(text)).origins.store).to.equal('file .documee/config.yaml:1');
    });
  });

  describe('remote', () => {
    const FILE = `remote:
  url: redis://file
  mode: write
  scope: file
  readScopes: [main]
  budgetMs: 5
  leases: false
  signing:
    publicKeys: [from-file]
`;

    it('each value has the source that counts for it', async () => {
      const environment = {
        DOCUMEE_REMOTE: 'redis://env',
        DOCUMEE_REMOTE_MODE: 'read',
        DOCUMEE_PUBLIC_KEYS: ' a, b ,',
      };
      const { storage, origins } = await load(FILE, { environment, flags: { remoteScope: 'flag' } });
      expect(storage?.()).to.deep.equal({
        remote: {
          ...{ store: 'redis://env', mode: 'read', scope: 'flag', readScopes: ['main'], budgetMs: 5, leases: false },
          signing: { publicKeys: ['a', 'b'] },
        },
      });
      const own = Object.entries(origins).filter(([key]) => key.startsWith('remote'));
      expect(Object.fromEntries(own)).to.deep.equal({
        'remote.url': 'environment DOCUMEE_REMOTE',
        'remote.mode': 'environment DOCUMEE_REMOTE_MODE',
        'remote.scope': 'flag --remote-scope',
        'remote.readScopes': 'file .documee/config.yaml:5',
        'remote.budgetMs': 'file .documee/config.yaml:6',
        'remote.leases': 'file .documee/config.yaml:7',
        'remote.signing.publicKeys': 'environment DOCUMEE_PUBLIC_KEYS',
      });
    });

    it('flags win over the environment, and --no-remote over everything', async () => {
      const environment = { DOCUMEE_REMOTE: 'redis://env', DOCUMEE_REMOTE_MODE: 'read', DOCUMEE_REMOTE_SCOPE: 'env' };
      const flags = { remote: 'redis://flag', remoteMode: 'write', remoteScope: 'flag' } as const;
      const { remote } = await optionsOf(FILE, { environment, flags });
      expect([remote?.store, remote?.mode, remote?.scope]).to.deep.equal(['redis://flag', 'write', 'flag']);
      const off = await load(FILE, { environment, flags: { remote: false } });
      expect([off.storage?.(), off.values.remote]).to.deep.equal([{}, false]);
      expect(off.origins.remote).to.equal('flag --no-remote');
    });

    it('a URL alone and a name from stores will do', async () => {
      expect((await optionsOf('remote: redis://h/0\n')).remote).to.deep.equal({
        ...{ store: 'redis://h/0', mode: 'read-write', budgetMs: 2000, leases: true },
      });
      const { remote } = await optionsOf('remote: { store: team }\nstores: { team: { type: memory } }\n');
      expect(remote?.store).to.deep.equal({ type: 'memory' });
    });

    const CI = 'CI is set and there is no signing key';
    for (const [environment, mode, origin] of [
      [{}, 'read-write', 'default'],
      [{ CI: 'false' }, 'read-write', 'default'],
      [{ CI: '1' }, 'read', `default (${CI})`],
      [
        { DOCUMEE_PUBLIC_KEYS: 'documee-ed25519:CHWzfZ3v+X/GlkbAVVYGS0E/f9Zo6HjjXWJHe+ZlXWE=' },
        'read',
        'default (public keys are given and there is no signing key)',
      ],
      [{ CI: '1', DOCUMEE_SIGNING_KEY: KEY }, 'read-write', 'default'],
      [{ CI: '1', DOCUMEE_REMOTE_MODE: 'write' }, 'write', 'environment DOCUMEE_REMOTE_MODE'],
    ] as const) {
      it(`the mode with ${JSON.stringify(environment).slice(0, 50)} is ${mode}`, async () => {
        const { storage, origins } = await load('remote: redis://h\n', { environment });
        expect([storage?.().remote?.mode, origins['remote.mode']]).to.deep.equal([mode, origin]);
      });
    }

    it('the signing key comes from the environment, from text or from a file, as a secret', async () => {
      const key = async (signing: string, environment = {}): Promise<unknown> => {
        const root = temporaryRoot({ [CONFIG]: `remote:\n  url: redis://h\n  signing: ${signing}\n`, 'ci.pem': KEY });
        const { remote } = await optionsOf('', { root, environment });
        return revealed(remote?.signing?.privateKey);
      };
      expect(await key('{ privateKeyFile: ci.pem }')).to.equal(`secret ${KEY}`);
      expect(await key('{ privateKey: ci.pem }')).to.equal(`secret ${KEY}`);
      expect(await key(`{ privateKey: ${KEY} }`)).to.equal(`secret ${KEY}`);
      expect(await key('{ privateKey: "${DOCUMEE_SIGNING_KEY}" }', { DOCUMEE_SIGNING_KEY: 'x' })).to.equal('secret x');
      expect(await key('{ privateKeyFile: missing.pem }', { DOCUMEE_SIGNING_KEY: 'env' })).to.equal('secret env');
      const missing = await refusal(() => key('{ privateKeyFile: missing.pem }'));
      expect(missing.message).to.match(
        /^\.documee\/config\.yaml:3:30: remote\.signing\.privateKeyFile: .*does not exist/,
      );
    });
  });

  describe('errors name the place', () => {
    const CASES: Readonly<Record<string, readonly [text: string, message: string]>> = {
      'a key of a kind with a typo': [
        'stores:\n  redis:\n    url: redis://h\n    ttlDefalt: 5\n',
        '4:5: unknown key "stores.redis.ttlDefalt" (did you mean "ttlDefault"?). Known here: type, url, ',
      ],
      'a key of a named store with a typo': [
        'stores:\n  team: { type: redis, url: "redis://h", perfix: x }\n',
        '2:42: unknown key "stores.team.perfix" (did you mean "prefix"?). Known here: type, url, ',
      ],
      'a key of a tier with a typo': [
        'stores:\n  team:\n    type: tiered\n    tiers:\n      - memory\n      - store: file\n        mod: read\n',
        '7:9: unknown key "stores.team.tiers[1].mod" (did you mean "mode"?). Known here: store, mode, timeoutMs.',
      ],
      'a key of remote with a typo': [
        'remote:\n  uri: redis://h\n',
        '2:3: unknown key "remote.uri" (did you mean "url"?).',
      ],
      'a key of signing with a typo': [
        'remote: { signing: { publicKey: [a] } }\n',
        '1:22: unknown key "remote.signing.publicKey" (did you mean "publicKeys"?).',
      ],
      'a kind with a typo': [
        'stores: { team: { type: reddis } }\n',
        '1:25: stores.team.type must be "memory" or "file" or "sqlite" or "redis" or "postgres" or "object" or "tiered" (did you mean "redis"?).',
      ],
      'a name that is no kind, without a type': [
        'stores:\n  reddis: { url: redis://h }\n',
        '2:11: stores.reddis needs "type", since "reddis" is no kind of store (did you mean "redis"?). Kinds: ',
      ],
      'a kind under the name of another': [
        'stores: { redis: { type: memory, url: x } }\n',
        '1:26: stores.redis.type must be "redis", as the store is called.',
      ],
      'a store without what it needs': [
        'stores: { redis: {} }\n',
        "1:18: stores.redis must have required property 'url'.",
      ],
      'a name that is none': [
        'stores: { "my store": { type: memory } }\n',
        '1:11: "my store" cannot be the name of a store',
      ],
      'a name of an object': ['stores: { __proto__: { type: memory } }\n', '1:11: "__proto__" cannot be the name'],
      'a wrong type': [
        'stores: { memory: { maxBytes: many } }\n',
        '1:31: stores.memory.maxBytes must be integer, found a string.',
      ],
      'a wrong type of a named store': [
        'stores: { m: { type: memory, maxBytes: many } }\n',
        '1:40: stores.m.maxBytes must be integer, found a string.',
      ],
      'a remote that is a number': ['remote: 5\n', '1:9: remote must be a string or a mapping, found a number.'],
      'a mode with a typo': [
        'remote: { url: "redis://h", mode: reed }\n',
        '1:35: remote.mode must be "read" or "write" or "read-write" (did you mean "read"?).',
      ],
      'a scope that is no name': ['remote: { scope: a b }\n', '1:18: remote.scope must have 1 to 64 letters'],
      'a store that does not exist': [
        'stores: {}\nstore: reddis\n',
        '2:8: store: there is no store "reddis" (did you mean "redis"?).',
      ],
      'a kind that needs settings': ['store: redis\n', '1:8: store: the store redis needs settings; add stores.redis'],
      'an address of no kind': [
        'store: reddis://h\n',
        '1:8: store: no store has an address that begins with "reddis" (did you mean "redis"?).',
      ],
      'a name of a method': ['store: constructor\n', '1:8: store: there is no store "constructor".'],
      'a tier that names no store': [
        'stores:\n  tiered:\n    tiers:\n      - memory\n      - disk\n',
        '5:9: stores.tiered.tiers[1]: there is no store "disk".',
      ],
      'a tier of itself': [
        'stores:\n  tiered: { tiers: [memory, tiered] }\n',
        '2:29: stores.tiered.tiers[1]: these stores are tiers of each other: tiered > tiered.',
      ],
      'tiers in a circle': [
        'stores:\n  a: { type: tiered, tiers: [b] }\n  b:\n    type: tiered\n    tiers:\n      - store: a\n',
        '6:16: stores.b.tiers[0].store: these stores are tiers of each other: a > b > a.',
      ],
      'no tier at all': [
        'stores: { tiered: { tiers: [] } }\n',
        '1:28: stores.tiered.tiers must not have fewer than 1 items.',
      ],
      'tiers of tiers': [
        'stores:\n  a: { type: tiered, tiers: [memory, b] }\n  b: { type: tiered, tiers: [memory] }\n',
        '2:38: stores.a.tiers[1]: a tier cannot be made of tiers itself',
      ],
      'an object store with the address of another': [
        'stores:\n  object: { url: "redis://h" }\n',
        '2:11: stores.object: has a url that does not begin with s3:, azure: or gs:.',
      ],
      'url and store': ['remote:\n  url: redis://h\n  store: memory\n', '3:10: remote.store: stands beside remote.url'],
      'an object store of nobody': [
        'stores:\n  object: { bucket: b }\n',
        '2:11: stores.object: needs a url, or a provider',
      ],
      'an object store without its container': [
        'stores:\n  object: { provider: azure, bucket: b }\n',
        '2:11: stores.object: needs container, since its provider is "azure".',
      ],
      'a variable of somebody else': [
        'stores:\n  redis: { url: "redis://:${AWS_SECRET}@h" }\n',
        '2:17: stores.redis.url: ${AWS_SECRET} is not expanded: only names that begin with DOCUMEE_ are.',
      ],
      'a variable of somebody else in a tier': [
        'stores: { tiered: { tiers: ["redis://${HOME}"] } }\n',
        '1:29: stores.tiered.tiers[0]: ${HOME} is not expanded',
      ],
      'the signing key in an address': [
        'remote: redis://:${DOCUMEE_SIGNING_KEY}@evil\n',
        '1:9: remote: DOCUMEE_SIGNING_KEY is expanded in remote.signing.privateKey only.',
      ],
    };
    for (const [what, [text, message]] of Object.entries(CASES)) {
      it(what, async () => {
        const error = await refusal(() => load(text));
        expect(error.code).to.equal('CACHE_BAD_CONFIG');
        expect(error.message).to.satisfy((found: string) => found.startsWith(`${CONFIG}:${message}`), message);
      });
    }

    it('in JSON and in package.json, too', async () => {
      const json = '{\n  "stores": { "redis": {\n    "ulr": "redis://h" } }\n}\n';
      const found = await refusal(() => load(json, {}, 'documee.config.json'));
      expect(found.message).to.match(
        /^documee\.config\.json:2:\d+: stores\.redis must have|^documee\.config\.json:3:5: unknown key/,
      );
      const inPackage = '{\n  "documee": {\n    "store": "disk"\n  }\n}\n';
      const other = await refusal(() => load(inPackage, {}, 'package.json'));
      expect(other.message).to.match(/^package\.json#documee:3:14: store: there is no store "disk"/);
    });

    it('of flags and variables, by their names', async () => {
      const asked: readonly (readonly [Partial<ConfigSources>, RegExp])[] = [
        [{ flags: { store: 'disk' } }, /^--store: there is no store "disk"/],
        [{ environment: { DOCUMEE_REMOTE: 'nowhere' } }, /^DOCUMEE_REMOTE: there is no store "nowhere"/],
        [{ environment: { DOCUMEE_REMOTE_MODE: 'reed' } }, /^DOCUMEE_REMOTE_MODE: must be "read" or /],
        [{ environment: { DOCUMEE_REMOTE_SCOPE: 'a b' } }, /^DOCUMEE_REMOTE_SCOPE: a scope has 1 to 64/],
        [{ environment: { DOCUMEE_PUBLIC_KEYS: ' , ' } }, /^DOCUMEE_PUBLIC_KEYS: names no key/],
        [{ flags: { remote: 'file' } }, /^--remote: the built-in store file is the cache of this machine/],
      ];
      for (const [sources, message] of asked) {
        const error = await refusal(() => optionsOf('', sources));
        expect([error.code, error.message]).to.satisfy(
          () => error.code === 'CACHE_USAGE' && message.test(error.message),
        );
      }
    });

    it('a variable that is not set is named where it is needed, and nowhere else', async () => {
      const text = 'store: memory\nstores:\n  redis:\n    url: redis://:${DOCUMEE_PW}@h\n';
      expect(await optionsOf(text)).to.deep.equal({ store: { type: 'memory' } });
      const error = await refusal(() => optionsOf(text, { flags: { remote: 'redis' } }));
      expect(error.message).to.equal(
        `${CONFIG}:4:10: stores.redis.url: \${DOCUMEE_PW} has no value; set the environment variable DOCUMEE_PW.`,
      );
    });

    it('a circle that only a variable closes is found as well', async () => {
      const text = 'store: tiered\nstores:\n  tiered: { tiers: ["${DOCUMEE_T}"] }\n';
      const error = await refusal(() => optionsOf(text, { environment: { DOCUMEE_T: 'tiered' } }));
      expect(error.message).to.match(/:3:21: stores\.tiered\.tiers\[0\]: these stores are tiers of each other/);
    });
  });

  describe('secrets', () => {
    const TEXT = `store: tiered
stores:
  tiered: { tiers: ["redis://u:\${DOCUMEE_A}@h", { store: "\${DOCUMEE_URL}" }] }
  redis: { url: "\${DOCUMEE_URL}" }
  postgres: { url: "postgres://u:canary-literal@h/d?password=canary-literal" }
  object: { provider: s3, bucket: b, accessKeyId: canary-literal, secretAccessKey: canary-literal, sessionToken: canary-literal, endpoint: "http://u:canary-literal@h" }
  az: { type: object, provider: azure, container: c, connectionString: canary-literal, accountKey: canary-literal, sasToken: canary-literal }
remote: { url: "\${DOCUMEE_URL}", signing: { privateKey: "\${DOCUMEE_A}" } }
`;
    const environment = {
      ...{ DOCUMEE_A: 'canary-a', DOCUMEE_URL: 'redis://u:canary-b@h/0', DOCUMEE_SIGNING_KEY: `canary-c${KEY}` },
    };

    it('nothing that is loaded shows one', async () => {
      const loaded = await load(TEXT, { environment });
      const shown = `${JSON.stringify(loaded)}${inspect(loaded, { depth: 9, showHidden: true })}`;
      expect(shown).not.to.match(/canary/);
      expect(loaded.values.remote).to.have.property('url', 'redis://u:***@h/0');
      expect(JSON.stringify(revealed(loaded.storage?.()))).to.match(/canary-a.*canary-b.*canary-c/);
    });

    it('what a variable holds is in no error, whatever it holds', async () => {
      for (const text of [
        'store: ${DOCUMEE_X}\n',
        'remote: ${DOCUMEE_X}\n',
        'store: t\nstores: { t: { type: tiered, tiers: ["${DOCUMEE_X}"] } }\n',
        'remote: { url: "redis://h", signing: { privateKeyFile: "${DOCUMEE_X}" } }\n',
        'remote: { url: "redis://h", signing: { privateKey: "${DOCUMEE_X}" } }\n',
      ]) {
        for (const value of ['canary', 'canary:x', 'canary://u:canary@h']) {
          const error = await refusal(() => optionsOf(text, { environment: { DOCUMEE_X: value } }));
          expect(`${inspect(error)}${JSON.stringify(error.details)}`, text).not.to.include('canary');
        }
      }
    });

    it('what no variable is there for is shown as it is written', async () => {
      const { values } = await load('stores: { redis: { url: "${DOCUMEE_URL}" } }\n');
      expect(values.stores).to.deep.equal({ redis: { url: '${DOCUMEE_URL}' } });
    });

    it('a key file that holds something else is not shown', async () => {
      const root = temporaryRoot({
        [CONFIG]: 'remote: { url: "redis://h", signing: { privateKeyFile: k } }\n',
        k: 'canary',
      });
      const error = await refusal(() => optionsOf('', { root }));
      expect(error.message)
        .to.match(/this file holds no signing key/)
        .and.not.to.include('canary');
      fs.rmSync(path.join(root, 'k'));
    });
  });
});
