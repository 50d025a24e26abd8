import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { Analyzer } from '../../src/model/analyzer.js';
import { contentHasher } from '../../src/util/hash.js';
import { canonical, fresh, observe } from '../support/oracle.js';
import { temporaryCodebase, writeTree } from '../support/temporary.js';

/** Edits the file that it is asked about, once. */
function meddler(root: string, edit: (file: string) => void): Analyzer & { asked: number } {
  const analyzer = {
    ...{ id: 'meddler', version: '1', asked: 0 },
    analyze(file: { path: string; text(): string }) {
      if (++analyzer.asked === 1) edit(path.join(root, file.path));
      return { text: file.text() };
    },
  };
  return analyzer;
}

const EDITS: Readonly<Record<string, (file: string) => void>> = {
  'written in place': (file) => fs.writeFileSync(file, 'after!'),
  'replaced by rename': (file) => {
    fs.writeFileSync(`${file}.new`, 'after!');
    fs.renameSync(`${file}.new`, file);
  },
  removed: (file) => fs.rmSync(file),
};

describe('invariant 3: hashed bytes are analyzed bytes', () => {
  for (const [title, edit] of Object.entries(EDITS)) {
    it(`invariant 3: a file that is ${title} during its analysis is kept under neither version's key`, async () => {
      const { root, basePath } = temporaryCodebase({ 'a.md': 'before' });
      const analyzer = meddler(root, edit);
      const options = { root, basePath, analyzers: [analyzer] };
      const first = await observe(options);
      expect(first.of('task-uncacheable')).to.have.length(1);
      for (const content of ['after!', 'before', 'after!']) {
        writeTree(root, { 'a.md': content });
        expect(await canonical((await observe(options)).run), content).to.equal(await fresh(options));
      }
      // Two contents, each asked about in a run that kept it and in one from scratch, and the first of all.
      expect(analyzer.asked).to.equal(1 + 2 + 3);
    });
  }

  it('invariant 3: a file that changes between being listed and being read is answered by what was read', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'first file', 'b.md': 'before' });
    const other: Analyzer = {
      id: 'other',
      version: '1',
      analyze(file) {
        if (file.path === 'a.md') writeTree(root, { 'b.md': 'after!' });
        return { text: file.text(), hash: file.contentHash };
      },
    };
    const { run } = await observe({ root, basePath, analyzers: [other], concurrency: 1 });
    const results = new Map<string, unknown>();
    for await (const { path: name, result } of run.results()) results.set(name, result);
    const hasher = await contentHasher('xxh64');
    const { text, hash } = results.get('b.md') as { text: string; hash: string };
    expect(hash).to.equal(hasher.hash(Buffer.from(text)));
    const again = await observe({ root, basePath, analyzers: [other] });
    expect(await canonical(again.run)).to.equal(await fresh({ root, analyzers: [other] }));
  });
});
