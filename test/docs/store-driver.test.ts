import { expect } from 'chai';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Store, type StoreDriver } from '../../src/index.js';
import { describeStoreConformance } from '../../src/testing/index.js';
import { temporaryFolder, writeTree } from '../support/temporary.js';
import { printedFiles, REPOSITORY } from './example-files.js';

const PAGE = 'docs/examples/store-driver.md';
const DRIVER = 'tools/one-file-driver.mjs';

/** The driver as it is printed; the package that it imports is this one, not as it was built last. */
async function printedDriver(): Promise<new (file: string) => StoreDriver> {
  const source = pathToFileURL(path.join(REPOSITORY, 'src/index.ts')).href;
  const code = printedFiles(PAGE)[DRIVER]?.replace(`from 'documee'`, `from ${JSON.stringify(source)}`);
  const folder = temporaryFolder();
  writeTree(folder, { [DRIVER]: code ?? '' });
  const module = (await import(pathToFileURL(path.join(folder, DRIVER)).href)) as Record<string, unknown>;
  return module['OneFileDriver'] as new (file: string) => StoreDriver;
}

const OneFileDriver = await printedDriver();
const folder = temporaryFolder();

describeStoreConformance({
  name: 'docs: the driver over one file',
  open: (options) => Store.open(new OneFileDriver(path.join(folder, 'store.json')), options),
  expects: {
    atomicBatch: true,
    atomicCreate: true,
    persistent: true,
    sweepsItself: false,
    shared: 'process',
    writable: true,
    leases: false,
    plainJson: false,
  },
  listedKeys: 600,
});

describe('docs: the driver over one file', () => {
  it('has fewer than 120 lines', () => {
    expect(printedFiles(PAGE)[DRIVER]?.split('\n').length).to.be.within(50, 120);
  });

  it('says what is wrong with a file that is damaged, and with a folder that is not there', async () => {
    const damaged = temporaryFolder();
    writeTree(damaged, { 'store.json': '[["a"' });
    const opening = Store.open(new OneFileDriver(path.join(damaged, 'store.json')));
    expect(await opening.catch((error: unknown) => error)).to.include({ code: 'CACHE_STORE_CORRUPT' });
    const store = await Store.open(new OneFileDriver(path.join(damaged, 'missing/store.json')));
    const error = await store.save('a', 1).catch((one: unknown) => one);
    expect(error).to.include({ code: 'CACHE_STORE_MISSING' });
    expect(await store.exists('a')).to.equal(false);
  });
});
