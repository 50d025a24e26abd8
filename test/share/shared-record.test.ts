import { expect } from 'chai';
import fc from 'fast-check';
import crypto from 'node:crypto';
import { newKeyPair } from '../../src/share/keys.js';
import {
  decodeSharedRecord,
  encodeSharedRecord,
  MAX_SHARED_RECORD_BYTES,
  type DecodedShared,
  type SharedExpectation,
} from '../../src/share/shared-record.js';
import { newSigner, newVerifier } from '../../src/share/signing.js';
import { dependsOn, draftOf, ORIGIN, sharedValidators, wantedOf } from './support.js';

const pair = newKeyPair();
const signer = newSigner(pair);
const verifier = newVerifier([pair.publicKey]);
const draft = draftOf({ dependencies: [dependsOn('src/money.ts'), { kind: 'env', name: 'TZ', hash: null }] });
const expected: SharedExpectation = { ...wantedOf(draft), scope: ORIGIN.scope };
const signed = encodeSharedRecord({ ...draft, ...ORIGIN }, signer);
const unsigned = encodeSharedRecord({ ...draft, ...ORIGIN });

interface DecodeOptions {
  readonly want?: SharedExpectation;
  readonly trust?: typeof verifier | 'anybody';
}

const decode = (bytes: Uint8Array, { want = expected, trust = verifier }: DecodeOptions = {}): DecodedShared =>
  decodeSharedRecord(bytes, want, trust === 'anybody' ? undefined : trust, sharedValidators);
const kindOf = (decoded: DecodedShared): string => (decoded.ok ? 'taken' : decoded.kind);

describe('a shared record', () => {
  it('is JSON that a person can read, with the seal over all before it and the signature last', () => {
    const text = signed.toString();
    const value = JSON.parse(text) as Record<string, unknown>;
    expect(Object.keys(value)).to.deep.equal([
      ...['$schema', 'formatVersion', 'key', 'path', 'analyzer', 'contentHash', 'sizeBytes', 'dependencies', 'surface'],
      ...['analyzedAt', 'durationMs', 'cost', 'scope', 'tool', 'result', 'digest', 'signature'],
    ]);
    const body = text.slice(0, text.indexOf('  "digest": '));
    expect(value['digest']).to.equal(`sha256:${crypto.createHash('sha256').update(body).digest('hex')}`);
    expect(text.split('\n').length).to.be.above(20);
  });

  it('comes back as it was written, signed or not', () => {
    for (const bytes of [signed, unsigned]) {
      const decoded = decode(bytes, { trust: 'anybody' });
      if (!decoded.ok) throw new Error(decoded.problem);
      const { record } = decoded;
      expect(record.result).to.deep.equal(JSON.parse(draft.resultText));
      expect(record.dependencies).to.deep.equal(draft.dependencies);
      expect([record.key, record.path, record.scope, record.sizeBytes]).to.deep.equal([
        ...[draft.key, draft.path, ORIGIN.scope, draft.sizeBytes],
      ]);
      expect(record.signature?.keyId).to.equal(bytes === signed ? pair.keyId : undefined);
    }
  });

  it('any JSON value survives as the result', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.string({ unit: 'binary' }), (result, version) => {
        const resultText = JSON.stringify(result, null, 2);
        const one = draftOf({ resultText, analyzer: { ...draft.analyzer, version } });
        const decoded = decode(encodeSharedRecord({ ...one, ...ORIGIN }, signer), {
          want: { ...wantedOf(one), scope: ORIGIN.scope },
        });
        if (!decoded.ok) throw new Error(decoded.problem);
        expect(decoded.record.result).to.deep.equal(JSON.parse(resultText));
      }),
      { numRuns: 60 },
    );
  });

  it('every single changed byte of a signed record is refused, wherever it is', () => {
    for (let at = 0; at < signed.length; at++) {
      const changed = Buffer.from(signed);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      expect(decode(changed).ok, `byte ${at}`).to.equal(false);
    }
  });

  it('any change of bytes of a signed record is refused: replaced, cut, lengthened', () => {
    fc.assert(
      fc.property(fc.nat(signed.length - 1), fc.nat(255), fc.uint8Array({ maxLength: 3 }), (at, byte, added) => {
        const changes = [
          Buffer.concat([signed.subarray(0, at), Buffer.from([byte]), signed.subarray(at + 1)]),
          Buffer.concat([signed.subarray(0, at), added, signed.subarray(at)]),
          signed.subarray(0, at),
          signed.subarray(at + 1),
        ];
        for (const changed of changes) if (!changed.equals(signed)) expect(decode(changed).ok).to.equal(false);
      }),
      { numRuns: 500 },
    );
  });

  it('no second spelling of a signature is taken', () => {
    const at = signed.lastIndexOf('=="');
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const last = digits.indexOf(String.fromCharCode(signed[at - 1] as number));
    const other = Buffer.from(signed);
    other.write(digits[last ^ 1] as string, at - 1);
    const value = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1', at - 86, at + 2), 'base64');
    expect(value(other).equals(value(signed))).to.equal(true);
    expect(kindOf(decode(other))).to.equal('corrupt');
  });

  it('is refused for the reason that it is refused for', () => {
    const stranger = newSigner(newKeyPair());
    const other = draftOf({ content: 'const b = 2;' });
    const sign = (changes: object, by = signer): Buffer => encodeSharedRecord({ ...draft, ...ORIGIN, ...changes }, by);
    const posing = { ...stranger, keyId: pair.keyId };
    const cases: readonly (readonly [string, DecodedShared])[] = [
      ['taken', decode(signed)],
      ['taken', decode(unsigned, { trust: 'anybody' })],
      ['taken', decode(sign({}, stranger), { trust: 'anybody' })],
      ['unsigned', decode(unsigned)],
      ['untrusted', decode(sign({}, stranger))],
      ['untrusted', decode(signed, { trust: newVerifier([]) })],
      ['bad-signature', decode(sign({}, posing))],
      ['foreign', decode(signed, { want: { ...expected, key: other.key } })],
      ['foreign', decode(signed, { want: { ...wantedOf(other), scope: ORIGIN.scope } })],
      ['foreign', decode(signed, { want: { ...expected, scope: 'trusted' } })],
      ['foreign', decode(signed, { want: { ...expected, analyzerId: 'imports' } })],
      ['foreign', decode(signed, { want: { ...expected, path: 'src/other.ts' } })],
      ['foreign', decode(signed, { want: { ...expected, sizeBytes: 1 } })],
      ['foreign', decode(signed, { want: { ...expected, variant: null } })],
      ['foreign', decode(signed, { want: { ...expected, variant: '0'.repeat(16) } })],
      ['foreign', decode(sign({ scope: 'evil' }))],
      ['corrupt', decode(sign({ scope: 'no/scope' }))],
      ['corrupt', decode(sign({ path: '../../etc/passwd' }))],
      ['corrupt', decode(sign({ resultText: `${'['.repeat(1000)}${']'.repeat(1000)}` }))],
      ['corrupt', decode(sign({ resultText: '1e400' }))],
      ['corrupt', decode(sign({ resultText: '1,\n  "result": 2' }))],
      ['corrupt', decode(sign({ sizeBytes: -1 }))],
    ];
    expect(cases.map(([, decoded]) => kindOf(decoded))).to.deep.equal(cases.map(([kind]) => kind));
  });

  it('a path counts only where the result depends on it', () => {
    const anywhere = draftOf({ pathIndependent: true });
    const bytes = encodeSharedRecord({ ...anywhere, ...ORIGIN }, signer);
    const want = { ...wantedOf(anywhere), scope: ORIGIN.scope };
    expect(kindOf(decode(bytes, { want: { ...want, path: null } }))).to.equal('taken');
    expect(kindOf(decode(bytes, { want: { ...want, path: 'src/copy.ts' } }))).to.equal('foreign');
  });

  it('the signature of one record does not fit another', () => {
    const other = encodeSharedRecord({ ...draft, ...ORIGIN, resultText: '"forged"' });
    const signature = signed.subarray(signed.lastIndexOf('\n  "signature": '));
    const grafted = Buffer.concat([other.subarray(0, other.lastIndexOf('\n  "signature": ')), signature]);
    expect(kindOf(decode(grafted))).to.equal('bad-signature');
    expect(kindOf(decode(grafted, { trust: 'anybody' }))).to.equal('taken');
  });

  it('a signature over anything else by the same key does not vouch for it', () => {
    const facts = { key: draft.key, digest: 'sha256:0', scope: 'default', toolVersion: '1' };
    const good = { keyId: pair.keyId, value: signer.sign(facts) };
    expect(verifier.verify(facts, good)).to.equal('good');
    for (const change of [{ key: 'x' }, { digest: 'sha256:1' }, { scope: 'default2' }, { toolVersion: '2' }])
      expect(verifier.verify({ ...facts, ...change }, good)).to.equal('bad');
    const value = crypto.sign(null, Buffer.from(facts.digest), pair.privateKey.reveal());
    expect(verifier.verify(facts, { ...good, value })).to.equal('bad');
    // Parts that are only joined could be cut in another place.
    expect(verifier.verify({ ...facts, scope: 'defaul', toolVersion: 't1' }, good)).to.equal('bad');
  });

  it('hostile bytes are refused as corrupt, and never throw', () => {
    const hostile: Uint8Array[] = [
      ...['', '{}', 'null', '\ufeff{}', '{"a":1}\n', '['.repeat(1e5)].map((text) => Buffer.from(text)),
      Buffer.alloc(5000),
      crypto.randomBytes(5000),
      new Uint8Array(Buffer.from(signed)).subarray(1),
    ];
    for (const bytes of hostile) expect(kindOf(decode(bytes, { trust: 'anybody' }))).to.equal('corrupt');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => kindOf(decode(bytes)) === 'corrupt'),
      { numRuns: 200 },
    );
  });

  it('one that is too large is refused before it is looked at', () => {
    const huge = new Uint8Array(MAX_SHARED_RECORD_BYTES + 1);
    const start = performance.now();
    const decoded = decode(huge);
    expect(decoded.ok || decoded.problem).to.match(/more than 67108864 bytes/);
    expect(performance.now() - start).to.be.below(50);
  });

  it('with dependencies that must not be shared is not even encoded', () => {
    const outside = { ...draft, ...ORIGIN, dependencies: [dependsOn('../secret')] };
    expect(() => encodeSharedRecord(outside, signer)).to.throw(TypeError, /outside of the root/);
  });
});
