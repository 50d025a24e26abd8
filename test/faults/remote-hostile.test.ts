import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { newKeyPair, type KeyPair } from '../../src/share/keys.js';
import { RedisDriver } from '../../src/store/drivers/redis.js';
import { Store } from '../../src/store/store.js';
import { sha256Digest } from '../../src/util/hash.js';
import { CliMachine, countingAnalyzer, type Ended } from '../support/cli-machine.js';
import { rightEnd, RUN, warningsOf } from '../support/server-campaign.js';
import { redisAvailable, startRedis, type RedisServer } from '../support/servers/redis.js';
import { requireServer } from '../support/servers/server.js';
import { filesBelow, type Tree } from '../support/temporary.js';

const PASSWORD = 'canary-password-7f3a';
const TREE: Tree = {
  'package.json': '{"name":"shop"}',
  'tools/words.mjs': countingAnalyzer(),
  ...Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`f${index}.txt`, `text of ${index}`])),
};
const TEXTS = Object.keys(TREE).filter((name) => name.endsWith('.txt'));

type Records = ReadonlyMap<string, Buffer>;

/** What somebody who can write to the store, and has no key that is trusted, makes of the records in it. */
const ATTACKS: Readonly<Record<string, (records: Records) => Records>> = {
  'altered without a word about it': (records) => mapped(records, (text) => text.replace('"words": 3', '"words": 4')),
  'altered, with a digest that fits': (records) =>
    mapped(records, (text) => withDigest(text.replace('"words": 3', '"words": 4'))),
  'replayed under the key of another file': (records) => {
    const values = [...records.values()];
    return new Map([...records.keys()].map((key, index) => [key, values[(index + 1) % values.length] as Buffer]));
  },
  'stripped of the signature': (records) =>
    mapped(records, (text) => text.replace(/"signature": \{.*\}\n\}\n$/, '"signature": null\n}\n')),
  'cut in half': (records) => mapped(records, (text) => text.slice(0, text.length / 2)),
};

const mapped = (records: Records, change: (text: string) => string): Records =>
  new Map(
    Array.from(records, ([key, bytes]) => {
      const changed = Buffer.from(change(bytes.toString()));
      expect(changed.equals(bytes), 'an attack changes something').to.equal(false);
      return [key, changed];
    }),
  );

const withDigest = (text: string): string => {
  const start = text.lastIndexOf('  "digest": ');
  return text.slice(0, start) + text.slice(start).replace(/sha256:[0-9a-f]{64}/, sha256Digest(text.slice(0, start)));
};

describe('the command line against a remote that somebody else writes to', function () {
  this.timeout(60_000);
  const trusted = newKeyPair();
  let server: RedisServer;
  let store: Store;
  let codebases = 0;
  let expected = '';
  /** As the writer sent them. */
  let signed: Records = new Map();

  before(async function () {
    if (!requireServer('redis', redisAvailable())) return void this.skip();
    server = await startRedis({ password: PASSWORD });
    store = await Store.open(new RedisDriver({ url: server.url }));
    expected = rightEnd(await new CliMachine(TREE).run(...RUN)).stdout;
  });
  after(async () => {
    await store.close();
    await server.stop();
  });

  const machine = (codebase: string, env: Readonly<Record<string, string>>): CliMachine =>
    new CliMachine(TREE, { argv: ['--remote', server.url, '--codebase', codebase], env });
  const writer = (codebase: string, pair: KeyPair): CliMachine =>
    machine(codebase, { DOCUMEE_SIGNING_KEY: pair.privateKey.reveal() });
  const reader = (codebase: string): CliMachine =>
    machine(codebase, { DOCUMEE_PUBLIC_KEYS: trusted.publicKey, DOCUMEE_REMOTE_MODE: 'read' });

  /** Nothing that is secret was said or kept. */
  function expectSilence({ root, folder }: CliMachine, ...runs: Ended[]): void {
    const secrets = [
      PASSWORD,
      ...trusted.privateKey
        .reveal()
        .split('\n')
        .filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line)),
    ];
    expect(secrets).to.have.length(2);
    const files = filesBelow(folder).map((name) => path.join(folder, name));
    expect(files.some((file) => file.startsWith(path.join(root, '.documee')))).to.equal(true);
    const said = runs.flatMap(({ stdout, stderr }) => [stdout, stderr]);
    for (const secret of secrets)
      for (const text of [...said, ...files, ...files.map((file) => fs.readFileSync(file, 'latin1'))])
        expect(text.includes(secret), `a secret in ${text.slice(0, 300)}`).to.equal(false);
  }

  async function expectNothingServed(codebase: string): Promise<void> {
    const attacked = reader(codebase);
    const ended = rightEnd(await attacked.run(...RUN));
    expect(attacked.takeCalls()).to.deep.equal(TEXTS);
    expect(ended.stdout).to.equal(expected);
    expect(warningsOf(ended)).to.have.length.within(1, 2);
    for (const code of warningsOf(ended)) expect(code).to.match(/^CACHE_(BAD_SIGNATURE|REMOTE_DEGRADED)$/);
    expect(ended.stderr).to.contain(`redis://127.0.0.1:${server.port}/0`);
    expectSilence(attacked, ended);
  }

  async function recordsOf(codebase: string): Promise<Records> {
    const records = new Map<string, Buffer>();
    for await (const key of store.keys(codebase)) {
      const value = await store.load(key);
      if (value instanceof Uint8Array) records.set(key, Buffer.from(value));
    }
    return records;
  }

  it('what a trusted key has signed is taken, and no secret is said or kept', async () => {
    const one = writer('signed', trusted);
    const sent = rightEnd(await one.run(...RUN));
    signed = await recordsOf('signed');
    expect(signed.size).to.equal(TEXTS.length);
    const other = reader('signed');
    const taken = rightEnd(await other.run('analyze', '--json', '--analyzer', './tools/words.mjs'));
    expect(other.takeCalls()).to.deep.equal([]);
    expect(JSON.parse(taken.stdout)).to.have.nested.property('remote.found', TEXTS.length);
    expectSilence(one, sent);
    expectSilence(other, taken);
    // As the attacks below are made, and without any.
    await store.saveMany(Array.from(signed, ([key, bytes]) => [key.replace(/^signed/, 'moved'), bytes] as const));
    const moved = reader('moved');
    rightEnd(await moved.run(...RUN));
    expect(moved.takeCalls()).to.deep.equal([]);
  });

  for (const [attack, change] of Object.entries(ATTACKS))
    it(`records that are ${attack} are not served`, async () => {
      expect(signed.size, 'there is something to attack').to.equal(TEXTS.length);
      const codebase = `attacked${codebases++}`;
      const records = Array.from(signed, ([key, bytes]) => [key.replace(/^signed/, codebase), bytes] as const);
      await store.saveMany(change(new Map(records)));
      await expectNothingServed(codebase);
    });

  it('records that are signed with a key that is not trusted are not served', async () => {
    const codebase = 'forged';
    rightEnd(await writer(codebase, newKeyPair()).run(...RUN));
    expect(await recordsOf(codebase)).to.have.property('size', TEXTS.length);
    await expectNothingServed(codebase);
  });

  it('with a password that is wrong, and with a server that has gone, no secret is said or kept either', async () => {
    const wrong = new CliMachine(TREE, {
      argv: ['--remote', `redis://:${PASSWORD}-wrong@127.0.0.1:${server.port}/0`],
      env: { DOCUMEE_SIGNING_KEY: trusted.privateKey.reveal() },
    });
    const refused = rightEnd(await wrong.run(...RUN));
    expect(refused.stdout).to.equal(expected);
    expect(warningsOf(refused)).to.deep.equal(['CACHE_REMOTE_DEGRADED']);
    expect(filesBelow(wrong.outbox)).not.to.deep.equal([]);
    expectSilence(wrong, refused);
    const alone = writer('lost', trusted);
    server.kill('SIGKILL');
    const lost = rightEnd(await alone.run(...RUN, '--verbose'));
    await server.restart();
    expect(lost.stdout).to.equal(expected);
    expect(filesBelow(alone.outbox)).not.to.deep.equal([]);
    expectSilence(alone, lost);
  });
});
