import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import type { realFs } from '../../src/util/fs.js';
import { interceptFs } from '../support/intercept-fs.js';
import { Calls, canonicalLines, observe, toyAnalyzers, wordCount } from '../support/oracle.js';
import { scale } from '../support/scale.js';
import { shiftedFs, withoutFsync } from '../support/shifted-fs.js';
import { temporaryCodebase, writeTree } from '../support/temporary.js';

const EDITS = scale(2_000, 20_000);

describe('invariant 4: a stat shortcut is used only where it is provably safe', () => {
  it(`invariant 4: of ${EDITS} same-size edits within a tick of the clock none is missed`, async function () {
    this.timeout(0);
    const { root, basePath } = temporaryCodebase();
    const file = path.join(root, 'a.md');
    const options = {
      root,
      basePath,
      analyzers: [wordCount(new Calls())],
      gitignore: false,
      keepVersions: 2,
      ports: { fs: withoutFsync() },
    };
    let sameTick = 0;
    let before = 0n;
    for (let edit = 0; edit < EDITS; edit++) {
      const content = `edit ${String(edit % 7)} ${String(edit % 2)}`;
      fs.writeFileSync(file, content);
      const { mtimeNs } = fs.statSync(file, { bigint: true });
      if (mtimeNs - before < 10_000_000n) sameTick++;
      before = mtimeNs;
      const [line] = await canonicalLines((await observe(options)).run);
      expect(line, `edit ${edit}`).to.contain(JSON.stringify(content));
    }
    expect(sameTick, 'edits at all close to each other').to.be.greaterThan(0);
  });

  it('invariant 4: old files that did not change are not read', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one', 'b/c.md': 'two' });
    const options = { root, basePath, analyzers: toyAnalyzers(new Calls()), ports: { fs: shiftedFs(root) } };
    expect((await observe(options)).of('scan-finished')[0]?.hashed).to.equal(2);
    expect((await observe(options)).of('scan-finished')[0]?.hashed).to.equal(0);
    writeTree(root, { 'a.md': 'ONE' });
    expect((await observe(options)).of('scan-finished')[0]?.hashed).to.equal(1);
  });

  it('invariant 4: young files are read again', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const options = { root, basePath, analyzers: toyAnalyzers(new Calls()) };
    for (let round = 0; round < 3; round++) expect((await observe(options)).of('scan-finished')[0]?.hashed).to.equal(1);
  });

  it('invariant 4: an edit whose time is put back is seen', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const calls = new Calls();
    const options = { root, basePath, analyzers: [wordCount(calls)], ports: { fs: shiftedFs(root) } };
    await observe(options);
    calls.take();
    const file = path.join(root, 'a.md');
    const { atime, mtime } = fs.statSync(file);
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeTree(root, { 'a.md': 'two' });
    fs.utimesSync(file, atime, mtime);
    await observe(options);
    expect(calls.take()).to.deep.equal(['word-count a.md']);
  });

  it('invariant 4: states that differ by nanoseconds are told apart', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const calls = new Calls();
    let stateNs = 0n;
    const fixed = interceptFs(({ call, place, proceed }) => {
      const stat = proceed();
      if (!place.endsWith('a.md') || !/stat/i.test(call) || typeof stat !== 'object') return stat;
      const mtimeNs = 1_600_000_000_000_000_000n + stateNs;
      return Object.assign(Object.create(stat) as object, {
        mtimeNs,
        ctimeNs: mtimeNs,
        mtimeMs: mtimeNs / 1_000_000n,
        ctimeMs: mtimeNs / 1_000_000n,
      });
    });
    const options = { root, basePath, analyzers: [wordCount(calls)], ports: { fs: fixed } };
    await observe(options);
    calls.take();
    expect((await observe(options)).of('scan-finished')[0]?.hashed, 'the shortcut is taken').to.equal(0);
    for (const content of ['two', 'six', 'ten']) {
      writeTree(root, { 'a.md': content });
      stateNs += 7n;
      await observe(options);
      expect(calls.take(), content).to.deep.equal(['word-count a.md']);
    }
  });

  it('invariant 4: with content detection every file is read, however old', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const options = {
      root,
      basePath,
      analyzers: toyAnalyzers(new Calls()),
      changeDetection: 'content' as const,
      ports: { fs: shiftedFs(root) },
    };
    for (let round = 0; round < 3; round++) expect((await observe(options)).of('scan-finished')[0]?.hashed).to.equal(1);
  });

  it('invariant 4: without a clock of the file system there is no shortcut', async () => {
    const { root, basePath } = temporaryCodebase({ 'a.md': 'one' });
    const noStamp = {
      ...shiftedFs(root),
      openSync: (...args: Parameters<typeof realFs.openSync>) => {
        if (String(args[0]).endsWith('clock-stamp')) throw Object.assign(new Error('no'), { code: 'EACCES' });
        return shifted.openSync(...args);
      },
    };
    const shifted = shiftedFs(root);
    const options = {
      root,
      basePath,
      analyzers: toyAnalyzers(new Calls()),
      ports: { fs: { ...shifted, openSync: noStamp.openSync } },
    };
    for (let round = 0; round < 3; round++) expect((await observe(options)).of('scan-finished')[0]?.hashed).to.equal(1);
  });
});
