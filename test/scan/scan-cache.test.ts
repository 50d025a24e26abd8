import { expect } from 'chai';
import fc from 'fast-check';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { Tree, filesOf, scanAgain, scanTree } from './support/tree.js';

describe('scan cache', () => {
  let tree: Tree;
  let cache: Buffer;
  let fresh: [string, string][];
  beforeEach(async () => {
    tree = new Tree();
    for (let at = 0; at < 20; at++) tree.write(`d${at % 4}/é${at}.ts`, `text ${at}`);
    tree.write('d0/.gitignore', 'x');
    cache = Buffer.from((await scanAgain(tree.root, undefined)).cache ?? []);
    fresh = filesOf(await scanTree(tree.root));
  });
  afterEach(() => tree.remove());

  async function expectIgnored(bytes: Uint8Array): Promise<void> {
    const result = await scanTree(tree.root, { cache: bytes });
    expect(result.delta).to.equal(undefined);
    expect(filesOf(result)).to.deep.equal(fresh);
  }

  it('is ignored with any of its first 200 bytes flipped', async () => {
    for (let at = 0; at < 200; at++) {
      const bytes = Buffer.from(cache);
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      await expectIgnored(bytes);
    }
  });

  it('is ignored with any one bit flipped, cut anywhere, or with something behind it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(cache.length * 8 - 1), fc.nat(cache.length - 1), async (bit, end) => {
        const flipped = Buffer.from(cache);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await expectIgnored(flipped);
        await expectIgnored(cache.subarray(0, end));
      }),
      { numRuns: 150 },
    );
    await expectIgnored(Buffer.concat([cache, Buffer.alloc(8)]));
    await expectIgnored(crypto.randomBytes(4096));
  });

  it('is never an exception where somebody computed a new digest over the damage', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 32, max: cache.length - 1 }), fc.nat(255)), { maxLength: 3 }),
        async (edits) => {
          const bytes = Buffer.from(cache);
          for (const [at, value] of edits) bytes[at] = value;
          await scanTree(tree.root, { cache: resealed(bytes) });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lengths in its header are checked before anything is allocated', async () => {
    const text = cache.toString('latin1');
    const sections = /"sections":\[(\d+)/.exec(text);
    const digits = sections?.[1] ?? '';
    for (const length of [
      '9'.repeat(digits.length),
      '0'.repeat(digits.length - 1) + '8',
      `-${'1'.repeat(digits.length - 1)}`,
    ]) {
      const at = (sections?.index ?? 0) + '"sections":['.length;
      const bytes = Buffer.from(text.slice(0, at) + length + text.slice(at + digits.length), 'latin1');
      await expectIgnored(resealed(bytes));
    }
  });

  it('cannot name a folder outside of the root', async () => {
    const outside = new Tree();
    outside.write('secret', 's');
    const bytes = Buffer.from(cache.toString('latin1').replaceAll('\0d1\0', '\0..\0'), 'latin1');
    expect(bytes.equals(cache)).to.equal(false);
    await expectIgnored(resealed(bytes));
    outside.remove();
  });

  it('works at any offset in memory', async () => {
    const shifted = new Uint8Array(cache.length + 3);
    shifted.set(cache, 3);
    expect((await scanTree(tree.root, { cache: shifted.subarray(3) })).hashedCount).to.equal(0);
  });

  it('is of no use for a copy of the tree', async () => {
    const copy = new Tree();
    fs.cpSync(tree.root, copy.root, { recursive: true, preserveTimestamps: true });
    expect((await scanTree(copy.root, { cache })).delta).to.equal(undefined);
    copy.remove();
  });

  it('is left as it was by the scan that reads it', async () => {
    const before = Buffer.from(cache);
    tree.write('d0/é0.ts', 'other');
    fs.rmSync(tree.at('d1'), { recursive: true });
    await scanTree(tree.root, { cache, maxFileBytes: 3 });
    expect(cache.equals(before)).to.equal(true);
  });
});

function resealed(bytes: Buffer): Buffer {
  crypto.createHash('sha256').update(bytes.subarray(32)).digest().copy(bytes);
  return bytes;
}
