import { expect } from 'chai';
import { newKeyPair } from '../../src/share/keys.js';
import { loadBounded, type SharedBackend } from '../../src/share/shared-backend.js';
import { variantOf } from '../../src/share/shared-key.js';
import { encodeSharedRecord } from '../../src/share/shared-record.js';
import { SharedStore, type SharedStoreOptions } from '../../src/share/shared-store.js';
import { newSigner, newVerifier } from '../../src/share/signing.js';
import { MemoryDriver, openMemoryStore } from '../../src/store/drivers/memory.js';
import { Store } from '../../src/store/store.js';
import { TOO_LARGE } from '../../src/store/too-large.js';
import { dependsOn, draftOf, FakeBackend, ORIGIN, sharedValidators, wantedOf } from './support.js';

const pair = newKeyPair();
const SIGNED = { signer: newSigner(pair), verifier: newVerifier([pair.publicKey]) };

function sharedOver(backend: SharedBackend, options: Partial<SharedStoreOptions> = {}): SharedStore {
  return new SharedStore(backend, {
    ...{ namespace: 'documee', readScopes: [ORIGIN.scope], writeScope: ORIGIN.scope },
    ...{ validators: sharedValidators, verifier: undefined },
    ...options,
  });
}

const outcomesOf = (published: readonly { readonly outcome: string }[]): string[] =>
  published.map(({ outcome }) => outcome);

const BACKENDS: Readonly<Record<string, () => Promise<SharedBackend>>> = {
  'a fake': () => Promise.resolve(new FakeBackend()),
  'a memory store': () => openMemoryStore(),
  'a compressed memory store': () => openMemoryStore({ compression: 'gzip' }),
};

for (const [title, open] of Object.entries(BACKENDS)) {
  describe(`SharedStore over ${title}`, () => {
    it('what one machine published, another finds', async () => {
      const backend = await open();
      const drafts = Array.from({ length: 600 }, (_, at) => draftOf({ content: `${at}`, resultText: `${at}` }));
      const writer = sharedOver(backend, SIGNED);
      expect(new Set(outcomesOf(await writer.publishMany(drafts)))).to.deep.equal(new Set(['published']));
      const reader = sharedOver(backend, { verifier: SIGNED.verifier, writeScope: undefined });
      const unknown = draftOf({ content: 'unknown' });
      const answers = await reader.findMany([...drafts, unknown].map(wantedOf));
      expect(answers.map(({ candidates }) => candidates[0]?.record.result)).to.deep.equal([
        ...drafts.map((_, at) => at),
        undefined,
      ]);
      expect(reader.counts).to.deep.include({ wanted: 601, found: 600 });
      expect(writer.counts).to.deep.include({ published: 600 });
    });

    it('all variants of a key are found, the newest first, and at most 16', async () => {
      const backend = await open();
      const store = sharedOver(backend, SIGNED);
      const variants = Array.from({ length: 18 }, (_, at) => draftOf({ dependencies: [dependsOn('a.ts', `${at}`)] }));
      await store.publishMany(variants.slice(0, 2));
      for (const one of variants.slice(2)) await store.publishMany([one]);
      const [found] = await store.findMany([wantedOf(draftOf())]);
      const newestFirst = variants.map(({ dependencies }) => variantOf(dependencies)).reverse();
      expect(found?.candidates.map(({ variant }) => variant)).to.deep.equal(newestFirst.slice(0, 16));
      // The two that nobody can find any more are gone.
      expect(outcomesOf(await store.publishMany(variants.slice(0, 2)))).to.deep.equal(['published', 'published']);
    });

    it('the first write wins, unless it is to be replaced', async () => {
      const store = sharedOver(await open(), SIGNED);
      const [first, second] = [draftOf({ resultText: '1' }), draftOf({ resultText: '2' })];
      await store.publishMany([first]);
      const [present] = await store.publishMany([second]);
      expect(present?.outcome === 'present' && present.record.result).to.equal(1);
      expect(outcomesOf(await store.publishMany([{ ...second, replace: true }]))).to.deep.equal(['replaced']);
      const [found] = await store.findMany([wantedOf(first)]);
      expect(found?.candidates.map(({ record }) => record.result)).to.deep.equal([2]);
    });

    it('of two drafts for one place in one call the first is written', async () => {
      const store = sharedOver(await open());
      await store.publishMany([draftOf({ resultText: '1' }), draftOf({ resultText: '2' })]);
      const [found] = await store.findMany([wantedOf(draftOf())]);
      expect(found?.candidates.map(({ record }) => record.result)).to.deep.equal([1]);
    });

    it('removeMany leaves nothing of a key, and everything of another and of other scopes', async () => {
      const backend = await open();
      const store = sharedOver(backend, { readScopes: [ORIGIN.scope, 'other'] });
      const elsewhere = sharedOver(backend, { writeScope: 'other' });
      const [gone, kept] = [draftOf({ content: 'gone' }), draftOf({ content: 'kept' })];
      await store.publishMany([gone, { ...gone, dependencies: [dependsOn('a')] }, kept]);
      await elsewhere.publishMany([gone]);
      expect(await store.removeMany([gone.key, gone.key])).to.equal(3);
      expect(await store.removeMany([gone.key])).to.equal(0);
      const answers = await store.findMany([wantedOf(gone), wantedOf(kept)]);
      expect(answers.map(({ candidates }) => candidates.map(({ scope }) => scope))).to.deep.equal([
        ['other'],
        [ORIGIN.scope],
      ]);
      expect(store.counts.removed).to.equal(3);
    });
  });
}

describe('SharedStore', () => {
  it('looks up 250 files in two calls, whatever the number of scopes', async () => {
    const backend = new FakeBackend();
    const store = sharedOver(backend, { readScopes: ['mine', 'main', 'mine'] });
    const drafts = Array.from({ length: 250 }, (_, at) =>
      draftOf({ content: `${at}`, dependencies: at % 2 === 0 ? [] : [dependsOn('a')] }),
    );
    await sharedOver(backend, { writeScope: 'main' }).publishMany(drafts);
    backend.calls.length = 0;
    const answers = await store.findMany(drafts.map(wantedOf));
    expect(answers.every(({ candidates }) => candidates.length === 1)).to.equal(true);
    expect(backend.calls).to.deep.equal(['load 1000', 'load 125']);
  });

  it('takes records in the order of the scopes, and from no other scope', async () => {
    const backend = new FakeBackend();
    for (const scope of ['main', 'mine', 'evil'])
      await sharedOver(backend, { writeScope: scope }).publishMany([draftOf({ resultText: `"${scope}"` })]);
    const [found] = await sharedOver(backend, { readScopes: ['mine', 'main'] }).findMany([wantedOf(draftOf())]);
    expect(found?.candidates.map(({ record }) => record.result)).to.deep.equal(['mine', 'main']);
  });

  it('a writer replaces what does not verify, and one that signs what nobody signed', async () => {
    const backend = new FakeBackend();
    const draft = draftOf();
    const signing = sharedOver(backend, { signer: SIGNED.signer });
    const place = signing.layout.recordKey(ORIGIN.scope, { key: draft.key, variant: null });
    const unsigned = encodeSharedRecord({ ...draft, ...ORIGIN });
    for (const value of [Buffer.from('junk'), unsigned, 'text']) {
      backend.values.set(place, value);
      expect(outcomesOf(await signing.publishMany([draft]))).to.deep.equal(['replaced']);
    }
    expect(outcomesOf(await signing.publishMany([draft]))).to.deep.equal(['present']);
    backend.values.set(place, unsigned);
    expect(outcomesOf(await sharedOver(backend).publishMany([draft]))).to.deep.equal(['present']);
  });

  it('a variant whose name got lost is named again by the next who publishes it', async () => {
    const backend = new FakeBackend();
    const store = sharedOver(backend);
    const draft = draftOf({ dependencies: [dependsOn('a')] });
    await store.publishMany([draft]);
    backend.values.delete(store.layout.variantsKey(ORIGIN.scope, draft.key));
    expect((await store.findMany([wantedOf(draft)]))[0]?.candidates).to.deep.equal([]);
    expect(outcomesOf(await store.publishMany([draft]))).to.deep.equal(['present']);
    expect((await store.findMany([wantedOf(draft)]))[0]?.candidates.length).to.equal(1);
  });

  it('sends nothing that readers would refuse, and says why', async () => {
    const backend = new FakeBackend();
    const store = sharedOver(backend, SIGNED);
    const published = await store.publishMany([
      draftOf({ dependencies: [dependsOn('../outside')] }),
      draftOf({ resultText: `${'['.repeat(500)}${']'.repeat(500)}` }),
      draftOf({ resultText: JSON.stringify('x'.repeat(64 * 1024 * 1024)) }),
      draftOf(),
    ]);
    expect(outcomesOf(published)).to.deep.equal(['not-shared', 'not-shared', 'too-large', 'published']);
    expect(published[0])
      .to.have.property('why')
      .that.matches(/outside of the root/);
    expect(published[1])
      .to.have.property('why')
      .that.matches(/levels/);
    expect([...backend.values.keys()].length).to.equal(1);
    expect(store.counts).to.deep.include({ notShared: 2, tooLarge: 1, published: 1 });
  });

  it('a key that is not that of the draft is a mistake, and nothing is written under it', async () => {
    const backend = new FakeBackend();
    const wrong = { ...draftOf(), path: 'src/else.ts' };
    const failed = await sharedOver(backend)
      .publishMany([wrong])
      .catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(TypeError);
    expect(backend.values.size).to.equal(0);
  });

  it('counts what it refused by kind', async () => {
    const backend = new FakeBackend();
    await sharedOver(backend).publishMany([draftOf({ content: 'a' })]);
    await sharedOver(backend, { signer: newSigner(newKeyPair()) }).publishMany([draftOf({ content: 'b' })]);
    const reader = sharedOver(backend, { verifier: SIGNED.verifier });
    backend.values.set(reader.layout.recordKey(ORIGIN.scope, { key: draftOf().key, variant: null }), 7);
    await reader.findMany([draftOf({ content: 'a' }), draftOf({ content: 'b' }), draftOf()].map(wantedOf));
    expect(reader.counts.refused).to.deep.equal({
      ...{ corrupt: 1, foreign: 0, unsigned: 1, untrusted: 1, 'bad-signature': 0 },
    });
    expect(reader.counts).to.deep.include({ wanted: 3, found: 0 });
  });

  it('without a scope to write to it writes and removes nothing', async () => {
    const backend = new FakeBackend();
    const reader = sharedOver(backend, { writeScope: undefined });
    for (const act of [reader.publishMany([draftOf()]), reader.removeMany([draftOf().key])])
      expect(await act.catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    expect(backend.calls).to.deep.equal([]);
  });

  it('rejects with the error of a store that does not answer', async () => {
    const backend = new FakeBackend();
    const down = new Error('down');
    backend.loadMany = () => Promise.reject(down);
    const failed = await sharedOver(backend)
      .findMany([wantedOf(draftOf())])
      .catch((error: unknown) => error);
    expect(failed).to.equal(down);
  });
});

describe('records that strangers made large', () => {
  it('are loaded a few at a time, and no more of them in one call than memory should hold', async () => {
    const store = await Store.open(new MemoryDriver({ maxBytes: 2 ** 30 }));
    const large = Array.from({ length: 40 }, (_, index) => [`k${index}`, new Uint8Array(8 * 1024 * 1024)] as const);
    await store.saveMany([...large, ['small', Uint8Array.of(1)]]);
    const asked: number[] = [];
    const backend: SharedBackend = {
      description: 'memory:',
      loadMany: (keys) => (asked.push(keys.length), store.loadMany(keys)),
      loadSmall: (keys, maxBytes) => store.loadSmall(keys, maxBytes),
      saveMany: (entries) => store.saveMany(entries),
      createMany: (entries) => store.createMany(entries),
      deleteMany: (keys) => store.deleteMany(keys),
    };
    const values = await loadBounded(backend, [...large.map(([key]) => key), 'small', 'absent']);
    expect(values.at(-2)).to.deep.equal(Uint8Array.of(1));
    expect(values.at(-1)).to.equal(undefined);
    expect(values.filter((value) => value instanceof Uint8Array && value.length > 1)).to.have.length(16);
    expect(Math.max(...asked)).to.equal(4);
    await store.close();
  });

  it('a small value that unpacks to a large one counts as large', async () => {
    const store = await Store.open(new MemoryDriver(), { compression: 'gzip' });
    await store.save('bomb', Buffer.from('0123456789abcdefghij'.repeat(50_000)));
    expect(await store.loadSmall(['bomb'], 64 * 1024)).to.deep.equal([TOO_LARGE]);
    await store.close();
  });
});
