import { expect } from 'chai';
import { newKeyPair } from '../../src/share/keys.js';
import type { PublishDraft } from '../../src/share/publish-shared.js';
import { variantOf } from '../../src/share/shared-key.js';
import { encodeSharedRecord, type SharedOrigin } from '../../src/share/shared-record.js';
import { SharedStore } from '../../src/share/shared-store.js';
import { newSigner, newVerifier, type RecordSigner } from '../../src/share/signing.js';
import { encodeVariants } from '../../src/share/variants-document.js';
import { sha256Digest } from '../../src/util/hash.js';
import { dependsOn, draftOf, FakeBackend, ORIGIN, sharedValidators, wantedOf } from './support.js';

const team = newKeyPair();
const teamSigner = newSigner(team);
const attacker = newKeyPair();
const attackerSigner = newSigner(attacker);

/** What the reader wants; nobody has made it. */
const victim = draftOf({ content: 'const password = "hunter2";', resultText: '{ "findings": 1 }' });
/** Another result that the team signed, e.g. of a file that the attacker chose. */
const harmless = draftOf({ content: 'nothing here', resultText: '{ "findings": 0 }' });
const clean = { resultText: '{ "findings": 0 }' };
const other = dependsOn('src/other.ts');

type Fields = Partial<PublishDraft & SharedOrigin>;

function record(draft: PublishDraft, fields: Fields = {}, signer: RecordSigner | undefined = teamSigner): Buffer {
  return encodeSharedRecord({ ...draft, ...ORIGIN, ...fields }, signer);
}
const unsigned = (draft: PublishDraft, fields: Fields = {}): Buffer =>
  encodeSharedRecord({ ...draft, ...ORIGIN, ...fields });

const edited = (bytes: Buffer, from: string, to: string): Buffer =>
  Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');

/** A record of `body` with the seal of the attacker's making and the signature of another one. */
function resealed(bytes: Buffer, from: string, to: string): Buffer {
  const text = bytes.toString();
  const end = text.lastIndexOf('  "digest": ');
  const body = text.slice(0, end).replace(from, to);
  return Buffer.from(body + text.slice(end).replace(/sha256:[0-9a-f]{64}/, sha256Digest(body)));
}

interface Attack {
  /** Written in place of the plain record. */
  readonly plain?: unknown;
  /** Written under the names of variants, with the document that names them. */
  readonly variants?: Readonly<Record<string, unknown>>;
  readonly document?: unknown;
}

const variantName = variantOf([other]) as string;
const ATTACKS: Readonly<Record<string, Attack>> = {
  'an unsigned record': { plain: unsigned(victim, clean) },
  'a record signed with his own key': { plain: record(victim, clean, attackerSigner) },
  'his own signature under the key id of the team': {
    plain: record(victim, clean, { ...attackerSigner, keyId: team.keyId }),
  },
  'a good record, altered': { plain: edited(record(victim), '"findings": 1', '"findings": 0') },
  'a good record, altered and sealed anew': { plain: resealed(record(victim), '"findings": 1', '"findings": 0') },
  'a good record of another content': { plain: record(harmless) },
  'a good record of another content whose key is altered': {
    plain: resealed(record(harmless), harmless.key, victim.key),
  },
  'a good record of another path': { plain: record(draftOf({ content: 'const password = "hunter2";', path: 'b.ts' })) },
  'a good record of another analyzer': {
    plain: record(draftOf({ ...clean, analyzer: { ...victim.analyzer, fingerprint: sha256Digest('old') } })),
  },
  'a good record of another scope': { plain: record(victim, { scope: 'pull-requests', ...clean }) },
  'the signature removed from a good record': {
    plain: Buffer.from(
      record(victim, clean)
        .toString()
        .replace(/"signature": .*\n/, '"signature": null\n'),
    ),
  },
  'the signature of one good record on another': {
    plain: Buffer.concat([
      unsigned(victim, clean).subarray(0, -'  "signature": null\n}\n'.length),
      record(victim).subarray(record(victim).lastIndexOf('  "signature": ')),
    ]),
  },
  'a good record with a second result in front of its end': {
    plain: resealed(record(victim), '"result": ', '"result": { "findings": 0 },\n  "result": '),
  },
  'a good record cut in half': { plain: record(victim).subarray(0, 400) },
  'a good record with the attacker’s behind it': {
    plain: Buffer.concat([record(victim), record(victim, clean, attackerSigner)]),
  },
  'a JSON value in place of bytes': { plain: JSON.parse(record(victim, clean).toString()) as unknown },
  'text in place of bytes': { plain: record(victim).toString() },
  'nothing but brackets': { plain: Buffer.from('['.repeat(1e6)) },
  'a good record without dependencies as a variant': {
    variants: { [variantName]: record(victim) },
  },
  'a good variant as the record without dependencies': { plain: record({ ...victim, dependencies: [other] }) },
  'a good variant under the name of another': {
    variants: { [variantOf([dependsOn('src/other.ts', 'y')]) as string]: record({ ...victim, dependencies: [other] }) },
  },
  'a good variant whose dependency is moved outside of the root': {
    variants: { [variantName]: resealed(record({ ...victim, dependencies: [other] }), 'src/other.ts', '../other.ts') },
  },
  'a thousand variants, none of which is there': {
    document: Buffer.from(
      JSON.stringify({
        formatVersion: 1,
        variants: Array.from({ length: 1000 }, (_, at) => `${at}`.padStart(16, '0')),
      }),
    ),
  },
  'names of variants that lead elsewhere': {
    document: Buffer.from('{"formatVersion":1,"variants":["../../x","","0000000000000000/../a"]}'),
  },
  'a document of variants that is none': { document: { formatVersion: 1, variants: [variantName] } },
};

describe('somebody who may write to the shared store and has no key', () => {
  for (const [title, { plain, variants = {}, document }] of Object.entries(ATTACKS)) {
    it(`has no influence on a reader with ${title}`, async () => {
      const backend = new FakeBackend();
      const reader = new SharedStore(backend, {
        ...{ namespace: 'documee', readScopes: [ORIGIN.scope], validators: sharedValidators },
        verifier: newVerifier([team.publicKey]),
      });
      const { layout } = reader;
      const { key } = victim;
      if (plain !== undefined) backend.values.set(layout.recordKey(ORIGIN.scope, { key, variant: null }), plain);
      for (const [variant, value] of Object.entries(variants))
        backend.values.set(layout.recordKey(ORIGIN.scope, { key, variant }), value);
      const names = document ?? encodeVariants(Object.keys(variants));
      backend.values.set(layout.variantsKey(ORIGIN.scope, key), names);

      const [found] = await reader.findMany([wantedOf(victim)]);
      expect(found?.candidates).to.deep.equal([]);
      expect(found?.refused.length).to.equal((plain === undefined ? 0 : 1) + Object.keys(variants).length);
      expect(backend.calls.length).to.be.at.most(2);
      // At most the sixteen variants that a document may name.
      for (const call of backend.calls) expect(Number(call.slice('load '.length))).to.be.at.most(16);

      // And the team's own record takes its place again.
      const writer = new SharedStore(backend, {
        ...{ namespace: 'documee', readScopes: [], writeScope: ORIGIN.scope, validators: sharedValidators },
        ...{ signer: teamSigner, verifier: undefined },
      });
      const [outcome] = await writer.publishMany([victim]);
      expect(outcome?.outcome).to.equal(plain === undefined ? 'published' : 'replaced');
      const [again] = await reader.findMany([wantedOf(victim)]);
      expect(again?.candidates.map(({ record: { result } }) => result)).to.deep.equal([{ findings: 1 }]);
    });
  }

  it('the honest record is taken, so that the above says something', async () => {
    const backend = new FakeBackend();
    const both = new SharedStore(backend, {
      ...{ namespace: 'documee', readScopes: [ORIGIN.scope], writeScope: ORIGIN.scope, validators: sharedValidators },
      ...{ signer: teamSigner, verifier: newVerifier([team.publicKey, attacker.publicKey]) },
    });
    await both.publishMany([victim, { ...victim, dependencies: [other] }]);
    const [found] = await both.findMany([wantedOf(victim)]);
    expect(found?.candidates.map(({ variant }) => variant)).to.deep.equal([null, variantName]);
  });
});
