import { expect } from 'chai';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { CacheError } from '../../src/model/errors.js';
import { PRIVATE_KEY_NAME, writeKeyPair } from '../../src/share/key-files.js';
import { newKeyPair, readPrivateKey, readPublicKey } from '../../src/share/keys.js';
import { newSigner, newVerifier } from '../../src/share/signing.js';
import { realFs } from '../../src/util/fs.js';
import { Secret } from '../../src/util/secret.js';

/** RFC 8032, section 7.1, test 1. */
const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const RAW_PUBLIC = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const PKCS8 = Buffer.from(`302e020100300506032b657004220420${SEED}`, 'hex');

function refusal(act: () => unknown): CacheError {
  try {
    act();
  } catch (error) {
    if (error instanceof CacheError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('keys for signing', () => {
  it('a new pair reads back, from every form that an environment variable can hold', () => {
    const pair = newKeyPair();
    const pem = pair.privateKey.reveal();
    expect(pem).to.match(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(pair.publicKey).to.match(/^documee-ed25519:[A-Za-z0-9+/]{43}=$/);
    const der = pem.split('\n').slice(1, -2).join('');
    const forms = [
      pem,
      ` ${pem}\n`,
      pem.replaceAll('\n', '\\n'),
      pem.replaceAll('\n', ' '),
      pem.replaceAll('\n', ''),
      Buffer.from(pem).toString('base64'),
      der,
      new Secret(pem),
    ];
    for (const form of forms) {
      const read = readPrivateKey(form);
      expect([read.publicKey, read.keyId, read.privateKey.reveal()]).to.deep.equal([
        ...[pair.publicKey, pair.keyId, pem],
      ]);
    }
    expect(newKeyPair().keyId).not.to.equal(pair.keyId);
  });

  it('has the public key and the key id that the RFC and SHA-256 give', () => {
    const raw = Buffer.from(RAW_PUBLIC, 'hex');
    const expected = {
      publicKey: `documee-ed25519:${raw.toString('base64')}`,
      keyId: crypto.createHash('sha256').update(raw).digest('hex').slice(0, 16),
    };
    const { publicKey, keyId } = readPrivateKey(PKCS8.toString('base64'));
    expect({ publicKey, keyId }).to.deep.equal(expected);
    expect(readPublicKey(`  ${publicKey}\n`)).to.deep.equal(expected);
  });

  it('a private key is not shown by accident', () => {
    const pair = readPrivateKey(PKCS8.toString('base64'));
    const shown = [inspect(pair, { depth: 9, showHidden: true }), JSON.stringify(pair), String(pair.privateKey)];
    shown.push(inspect(newSigner(pair), { depth: 9, showHidden: true }));
    for (const secret of [SEED, pair.privateKey.reveal().split('\n')[1] as string, PKCS8.toString('base64')])
      for (const text of shown) expect(text).not.to.include(secret);
  });

  it('an error about a key holds no part of it', () => {
    const canary = 'CANARYcanary0123456789';
    const rsa = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const bad = [
      canary,
      `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----\n`,
      Buffer.from(`-----BEGIN PRIVATE KEY-----\n${canary}`).toString('base64'),
      canary.repeat(1000),
      '',
      rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      rsa.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: canary }).toString(),
    ];
    for (const text of bad) {
      const error = refusal(() => readPrivateKey(text));
      expect(error.code).to.equal('CACHE_BAD_CONFIG');
      const whole = inspect(error, { depth: 9, showHidden: true });
      expect(whole).not.to.include(canary);
      const middle = text.slice(40, 60);
      if (middle.length === 20 && !middle.includes('\n')) expect(whole).not.to.include(middle);
      expect(error.cause).to.equal(undefined);
    }
  });

  it('what is no public key of ours is refused', () => {
    const good = readPrivateKey(PKCS8.toString('base64')).publicKey;
    const base64 = good.slice('documee-ed25519:'.length);
    const bad = ['', base64, `ssh-ed25519:${base64}`, `${good}=`, `${good}A`, good.slice(0, -1), `${good} ${good}`];
    bad.push(`documee-ed25519:${base64.slice(0, -2)}p=`, 'documee-ed25519:' + 'A'.repeat(1e5));
    for (const text of bad)
      expect(refusal(() => readPublicKey(text)).code, text.slice(0, 80)).to.equal('CACHE_BAD_CONFIG');
    expect(() => newVerifier([good, 'x'])).to.throw(CacheError);
  });

  it('a key under which anybody could sign is refused, such as 32 zeros', () => {
    const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);
    const forged = Buffer.concat([identity, Buffer.alloc(32)]);
    const key = crypto.createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: identity.toString('base64url') },
      format: 'jwk',
    });
    // This is why: node:crypto takes the same bytes as a signature of any text under this key.
    expect(crypto.verify(null, Buffer.from('anything'), key, forged)).to.equal(true);
    for (const raw of [Buffer.alloc(32), identity, Buffer.concat([Buffer.alloc(31), Buffer.from([0x80])])])
      expect(refusal(() => readPublicKey(`documee-ed25519:${raw.toString('base64')}`)).message).to.match(/anybody/);
  });
});

describe('key files', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'documee-keys-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('are for the owner alone and can be read back', () => {
    const pair = newKeyPair();
    const { privateKeyFile, publicKeyFile } = writeKeyPair(realFs, folder, pair);
    expect(privateKeyFile).to.equal(path.join(folder, PRIVATE_KEY_NAME));
    if (process.platform !== 'win32')
      for (const file of [privateKeyFile, publicKeyFile]) expect(fs.statSync(file).mode & 0o777).to.equal(0o600);
    expect(readPrivateKey(fs.readFileSync(privateKeyFile, 'utf8')).keyId).to.equal(pair.keyId);
    expect(readPublicKey(fs.readFileSync(publicKeyFile, 'utf8')).keyId).to.equal(pair.keyId);
  });

  it('never overwrite a file, follow a link, or leave half a pair', () => {
    const file = path.join(folder, 'ci.pem');
    const pair = newKeyPair();
    fs.writeFileSync(`${file}.pub`, 'mine');
    expect(refusal(() => writeKeyPair(realFs, file, pair)).code).to.equal('CACHE_BAD_CONFIG');
    expect(fs.readdirSync(folder)).to.deep.equal(['ci.pem.pub']);
    fs.rmSync(`${file}.pub`);
    writeKeyPair(realFs, file, pair);
    const before = fs.readFileSync(file, 'utf8');
    const error = refusal(() => writeKeyPair(realFs, file, newKeyPair()));
    expect(error.message).to.match(/never overwritten/);
    expect(fs.readFileSync(file, 'utf8')).to.equal(before);
    fs.symlinkSync(path.join(folder, 'target'), path.join(folder, 'link'));
    refusal(() => writeKeyPair(realFs, path.join(folder, 'link'), pair));
    expect(fs.existsSync(path.join(folder, 'target'))).to.equal(false);
  });

  it('that cannot be written are an error that names the file and not the key', () => {
    const pair = newKeyPair();
    const error = refusal(() => writeKeyPair(realFs, path.join(folder, 'no', 'such.pem'), pair));
    expect(error.code).to.equal('CACHE_BAD_CONFIG');
    expect(error.message).to.include('such.pem');
    expect(inspect(error, { depth: 9 })).not.to.include(pair.privateKey.reveal().split('\n')[1]);
    const full = {
      ...realFs,
      fsyncSync: () => {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      },
    };
    refusal(() => writeKeyPair(full, folder, pair));
    expect(fs.readdirSync(folder)).to.deep.equal([]);
  });
});
