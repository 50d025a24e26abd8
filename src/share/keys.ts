import crypto, { type KeyObject } from 'node:crypto';
import { CacheError } from '../model/errors.js';
import { sha256Hex } from '../util/hash.js';
import { Secret } from '../util/secret.js';

/** What signs records, and what others verify them with. */
export interface KeyPair {
  /** PEM of PKCS #8. */
  readonly privateKey: Secret;
  /** One line: `documee-ed25519:` and the 32 raw bytes in Base64. */
  readonly publicKey: string;
  /** First 16 hex digits of SHA-256 of the raw public key. */
  readonly keyId: string;
}

export interface PublicKey {
  /** In the one spelling that it has. */
  readonly publicKey: string;
  readonly keyId: string;
}

const PUBLIC_PREFIX = 'documee-ed25519:';
const RAW_BYTES = 32;
const KEY_ID_HEX_DIGITS = 16;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const PEM_START = '-----BEGIN ';
const PEM = /^-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----$/;
/** A key has about 120 characters; whatever is longer is something else. */
const MAX_PRIVATE_CHARACTERS = 4096;

/** A new Ed25519 key pair. */
export function newKeyPair(): KeyPair {
  return pairOf(crypto.generateKeyPairSync('ed25519').privateKey);
}

/**
 * The pair of a private key. What an environment variable can hold is enough: the PEM, also with `\n` spelled out or lost, or Base64 of it, or
 * Base64 of the PKCS #8 bytes.
 * @throws CacheError CACHE_BAD_CONFIG, which says nothing of the text.
 */
export function readPrivateKey(text: string | Secret): KeyPair {
  const plain = (typeof text === 'string' ? text : text.reveal()).trim();
  let key: KeyObject;
  try {
    key = parsePrivate(plain);
  } catch {
    // The cause is left out: nothing that has seen the key may speak.
    throw badKey('private', 'it is no PEM of PKCS #8 without a passphrase, nor Base64 of one');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw badKey('private', 'it is no Ed25519 key');
  return pairOf(key);
}

function parsePrivate(text: string): KeyObject {
  if (text.length > MAX_PRIVATE_CHARACTERS) throw new TypeError('Expected a key, found a longer text');
  // Of PEM, what lies between the dashes is Base64 of PKCS #8: line breaks get lost where keys are pasted.
  const plain = text.replaceAll('\\n', '\n').trim();
  const base64 = (PEM.exec(plain)?.[1] ?? plain).replaceAll(/\s/g, '');
  if (!BASE64.test(base64)) throw new TypeError('Expected Base64');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('latin1', 0, PEM_START.length) === PEM_START)
    return crypto.createPrivateKey({ key: bytes, format: 'pem' });
  return crypto.createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
}

function pairOf(privateKey: KeyObject): KeyPair {
  const raw = rawPublicKey(crypto.createPublicKey(privateKey));
  return {
    privateKey: new Secret(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()),
    ...publicPartOf(raw),
  };
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}

const publicPartOf = (raw: Buffer): PublicKey => ({
  publicKey: PUBLIC_PREFIX + raw.toString('base64'),
  keyId: sha256Hex(raw).slice(0, KEY_ID_HEX_DIGITS),
});

/**
 * A public key as `newKeyPair` prints it; white space around it does not count.
 * @throws CacheError CACHE_BAD_CONFIG where it is none, or one under which anybody could sign.
 */
export function readPublicKey(text: string): PublicKey {
  return publicPartOf(parsePublic(text));
}

function parsePublic(text: string): Buffer {
  const line = text.trim();
  const base64 = line.startsWith(PUBLIC_PREFIX) ? line.slice(PUBLIC_PREFIX.length) : '';
  const raw = BASE64.test(base64) && base64.length <= 44 ? Buffer.from(base64, 'base64') : Buffer.alloc(0);
  if (raw.length !== RAW_BYTES || raw.toString('base64') !== base64)
    throw badKey('public', `it is not ${PUBLIC_PREFIX} and the Base64 of ${RAW_BYTES} bytes`);
  if (isOfSmallOrder(raw)) throw badKey('public', 'it is one of the few points for which anybody can sign');
  return raw;
}

/** The seven y coordinates of the points of small order, little-endian, without the sign. Source: RFC 7748 section 7, libsodium. */
const SMALL_ORDER = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);

/** A key of zeros, say from a template, is such a point, and node:crypto takes it. */
function isOfSmallOrder(raw: Buffer): boolean {
  const y = Buffer.from(raw);
  y.writeUInt8(y.readUInt8(RAW_BYTES - 1) & 0x7f, RAW_BYTES - 1);
  return SMALL_ORDER.has(y.toString('hex'));
}

/** For signing only. */
export const privateKeyObject = ({ privateKey }: KeyPair): KeyObject => crypto.createPrivateKey(privateKey.reveal());

/** @throws CacheError CACHE_BAD_CONFIG as `readPublicKey`. */
export function publicKeyObject(text: string): { readonly keyId: string; readonly key: KeyObject } {
  const raw = parsePublic(text);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
  return { keyId: publicPartOf(raw).keyId, key: crypto.createPublicKey({ key: jwk, format: 'jwk' }) };
}

const badKey = (which: 'private' | 'public', problem: string): CacheError =>
  new CacheError(
    'CACHE_BAD_CONFIG',
    `The ${which} key for the shared cache cannot be used: ${problem}. Make a pair with: documee keys new`,
    { key: which, problem },
  );
