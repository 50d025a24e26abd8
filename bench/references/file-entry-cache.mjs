// The reference: which files changed, by file-entry-cache. argv: folder, cache folder, "metadata" or "checksum".
import fs from 'node:fs';
import fileEntryCache from 'file-entry-cache';

const [root, cacheDirectory, mode] = process.argv.slice(2);
const files = [];
const walk = (folder) => {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === '.git' || entry.name === '.documee') continue;
    const place = `${folder}/${entry.name}`;
    if (entry.isDirectory()) walk(place);
    else files.push(place);
  }
};
walk(root);
const cache = fileEntryCache.create('bench', cacheDirectory, {
  useCheckSum: mode === 'checksum',
  restrictAccessToCwd: false,
});
const changed = cache.getUpdatedFiles(files);
cache.reconcile();
process.stdout.write(`${files.length} files, ${changed.length} changed\n`);
