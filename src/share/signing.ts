import crypto, { type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { canonicalJson } from '../util/canonical-json.js';
import { privateKeyObject, publicKeyObject, type KeyPair } from './keys.js';
import { SHARED_FORMAT } from './shared-key.js';

/** What a signature is over: all that decides where a record counts. */
export interface SignedFacts {
  /** 64 hex digits. */
  readonly key: string;
  /** `sha256:…` of the record. */
  readonly digest: string;
  readonly scope: string;
  readonly toolVersion: string;
}

/** Vouches for records; made where a private key is. */
export interface RecordSigner {
  readonly keyId: string;
  /** 64 bytes of Ed25519. */
  sign(facts: SignedFacts): Buffer;
  /** Trusts this key alone: what a writer goes by that has no list of trusted keys. */
  readonly verifier: RecordVerifier;
}

/** `untrusted`: by a key that is not among the trusted ones. `bad`: by nobody who has the key that it names. */
export type Verdict = 'good' | 'untrusted' | 'bad';

/** Knows the public keys that are trusted. */
export interface RecordVerifier {
  trusts(keyId: string): boolean;
  verify(facts: SignedFacts, signature: NamedSignature): Verdict;
  /** The same on another thread: it takes longer than all else that is done with a record. */
  verifyAside(facts: SignedFacts, signature: NamedSignature): Promise<Verdict>;
}

interface NamedSignature {
  readonly keyId: string;
  readonly value: Buffer;
}

const verifyOnOtherThread = promisify(crypto.verify);

/** The text begins with what it is for, so that no signature of the same key for anything else can stand for it. */
const signedText = ({ key, digest, scope, toolVersion }: SignedFacts): Buffer =>
  Buffer.from(canonicalJson(['documee shared record', SHARED_FORMAT, key, digest, scope, toolVersion]));

/** A signer with the private key of `pair`. */
export function newSigner(pair: KeyPair): RecordSigner {
  const key = privateKeyObject(pair);
  return {
    keyId: pair.keyId,
    sign: (facts) => crypto.sign(null, signedText(facts), key),
    verifier: newVerifier([pair.publicKey]),
  };
}

/**
 * A verifier that trusts exactly these keys; with none, nobody.
 * @param publicKeys each as `documee-ed25519:…`.
 * @throws CacheError CACHE_BAD_CONFIG where one is no such key.
 */
export function newVerifier(publicKeys: readonly string[]): RecordVerifier {
  const keys = new Map<string, KeyObject>();
  for (const text of publicKeys) {
    const { keyId, key } = publicKeyObject(text);
    keys.set(keyId, key);
  }
  return {
    trusts: (keyId) => keys.has(keyId),
    verify(facts, { keyId, value }) {
      const key = keys.get(keyId);
      if (key === undefined) return 'untrusted';
      return crypto.verify(null, signedText(facts), key, value) ? 'good' : 'bad';
    },
    async verifyAside(facts, { keyId, value }) {
      const key = keys.get(keyId);
      if (key === undefined) return 'untrusted';
      return (await verifyOnOtherThread(null, signedText(facts), key, value)) ? 'good' : 'bad';
    },
  };
}
