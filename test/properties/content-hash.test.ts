import { expect } from 'chai';
import { contentHasher } from '../../src/util/hash.js';

describe('content hashes', () => {
  it('have all their digits, and are the same as bytes', async () => {
    for (const algorithm of ['xxh64', 'sha256'] as const) {
      const hasher = await contentHasher(algorithm);
      const target = Buffer.alloc(hasher.digestBytes);
      const seen = new Set<string>();
      for (let index = 0; index < 2_000; index++) {
        const bytes = Buffer.from(`content ${index}`);
        const hash = hasher.hash(bytes);
        hasher.hashInto(bytes, target, 0);
        expect(hash).to.equal(`${algorithm}:${target.toString('hex')}`);
        seen.add(hash);
      }
      expect(seen.size).to.equal(2_000);
    }
  });

  it('are those of the published algorithm', async () => {
    const hasher = await contentHasher('xxh64');
    expect(hasher.hash(Buffer.from(''))).to.equal('xxh64:ef46db3751d8e999');
    expect(hasher.hash(Buffer.from('abc'))).to.equal('xxh64:44bc2cf5ad770999');
  });

  it('are the same however long content is cut up', async () => {
    const hasher = await contentHasher('xxh64');
    const long = Buffer.alloc(4 * 1024 * 1024 + 1, 'x');
    expect(hasher.hash(long)).not.to.equal(hasher.hash(long.subarray(1)));
    expect(hasher.hash(long)).to.equal(hasher.hash(Buffer.from(long)));
  });
});
