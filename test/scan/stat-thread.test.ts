import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type * as Scan from '../../src/scan/scan.js';
import type * as Fs from '../../src/util/fs.js';
import type * as Hash from '../../src/util/hash.js';

/** Enough that the scan shares its work with a second thread. */
const FILES = 19_000;
const DIST = path.resolve(import.meta.dirname, '../../dist');

/** The thread is compiled code, so the scan around it is, too. */
async function compiledScan(): Promise<(root: string, cache?: Uint8Array) => Promise<Scan.ScanResult>> {
  const { scan } = (await import(path.join(DIST, 'scan/scan.js'))) as typeof Scan;
  const { realFs } = (await import(path.join(DIST, 'util/fs.js'))) as typeof Fs;
  const { contentHasher } = (await import(path.join(DIST, 'util/hash.js'))) as typeof Hash;
  const hasher = await contentHasher('xxh64');
  return (root, cache) =>
    scan({
      ...{ fs: realFs, root, include: [], exclude: [], analyzerIncludes: [], gitignore: true, skipFolders: [] },
      ...{ changeDetection: 'stat', hasher, maxFileBytes: 1 << 20, cache },
      // A clock that is ahead makes every tuple old enough to be stored.
      stamp: { timeNs: BigInt(Date.now() + 60_000) * 1_000_000n, device: fs.statSync(root, { bigint: true }).dev },
    });
}

function statesOf({ files }: Scan.ScanResult): string[] {
  return files.paths.map((file, index) => `${file} ${files.contentHash(index)} ${files.sizeBytes(index)}`);
}

describe('a scan that shares its work with a second thread', function () {
  this.timeout(120_000);
  let root: string;
  before(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'documee-stat-thread-'));
    for (let index = 0; index < FILES; index++) {
      if (index % 100 === 0) fs.mkdirSync(path.join(root, `d${index / 100}`));
      fs.writeFileSync(path.join(root, `d${Math.floor(index / 100)}`, `f${index}.txt`), `file ${index}`);
    }
  });
  after(() => fs.rmSync(root, { recursive: true, force: true }));

  it('reads nothing of an unchanged tree, and sees every kind of change', async () => {
    const scan = await compiledScan();
    const cache = (await scan(root)).encodeCache('first');
    expect(cache?.length).to.be.above(1024 * 1024);

    const unchanged = await scan(root, cache);
    expect(unchanged.hashedCount).to.equal(0);
    expect(unchanged.delta?.diff).to.include({ unchangedCount: FILES });

    const place = (index: number): string => path.join(root, `d${Math.floor(index / 100)}`, `f${index}.txt`);
    const { atime, mtime } = fs.statSync(place(7000));
    fs.writeFileSync(place(7000), 'FILE 7000');
    fs.utimesSync(place(7000), atime, mtime);
    for (const index of [0, 511, 512, 9_999, FILES - 1]) fs.writeFileSync(place(index), `FILE ${index}`);
    fs.unlinkSync(place(12_345));
    fs.symlinkSync('/dev/null', place(12_345));
    const changed = await scan(root, cache);
    expect(statesOf(changed)).to.deep.equal(statesOf(await scan(root)));
    expect(changed.delta?.diff.changed).to.have.length(6);
    expect(changed.delta?.diff.removed).to.have.length(1);
  });
});
