import { isCompressionAvailable } from '../../src/codec/compression.js';
import { FILE_FORMATS, openFileStore } from '../../src/store/file-store.js';
import { temporaryFolder } from '../support/temporary.js';
import { describeStore } from '../support/stores.js';

for (const format of FILE_FORMATS) {
  if (format.endsWith('zst') && !isCompressionAvailable('zstd')) continue;
  const basePath = temporaryFolder();
  let aheadMs = 0;
  const clock = { now: (): number => Date.now() + aheadMs };
  describeStore('file', {
    name: `the file store (${format})`,
    open: ({ codec: _codec, compression: _compression, ...options }) =>
      openFileStore({ clock, ...options, basePath, format }),
    advance: (ms) => {
      aheadMs += ms;
    },
    listedKeys: 600,
    expects: {
      atomicBatch: true,
      atomicCreate: true,
      persistent: true,
      sweepsItself: false,
      shared: 'machine',
      writable: true,
      leases: true,
      plainJson: true,
    },
  });
}
