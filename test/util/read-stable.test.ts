import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { realFs, type FileSystem } from '../../src/util/fs.js';
import { ReadBuffer, currentTuple, readStable, sameTuple } from '../../src/util/read-stable.js';

describe('readStable', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'documee-read-'));
    file = path.join(folder, 'file');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const reasonOf = (...parameters: Parameters<typeof readStable>): string => {
    const read = readStable(...parameters);
    return read.ok ? 'ok' : read.reason;
  };

  for (const size of [0, 1, 4096, 300_000]) {
    it(`answers all ${size} bytes, and the tuple that the file has`, () => {
      const content = Buffer.alloc(size, 'documee ');
      fs.writeFileSync(file, content);
      for (const into of [undefined, new ReadBuffer()]) {
        const read = readStable(realFs, file, { into });
        expect(read.ok && read.bytes.equals(content)).to.equal(true);
        const now = currentTuple(realFs, file);
        expect(read.ok && now !== undefined && sameTuple(read.tuple, now)).to.equal(true);
      }
    });
  }

  it('a file that changes during the first two reads is read a third time', () => {
    fs.writeFileSync(file, 'old!');
    let reads = 0;
    const changing = writingAfterRead(() => {
      if (++reads <= 2) fs.writeFileSync(file, `new${reads}`);
    });
    const read = readStable(changing, file);
    expect(read.ok && read.bytes.toString()).to.equal('new2');
  });

  it('a file that changes during three reads is unstable, whether it grows, shrinks or keeps its size', () => {
    for (const write of [
      () => fs.appendFileSync(file, 'x'),
      () => fs.truncateSync(file, 1),
      () => fs.writeFileSync(file, String(Math.random()).padEnd(30)),
    ]) {
      fs.writeFileSync(file, 'old'.repeat(10));
      let at = 0;
      const changing = writingAfterRead(() => {
        write();
        fs.utimesSync(file, ++at, at);
      });
      expect(reasonOf(changing, file)).to.equal('unstable');
    }
  });

  it('says why there are no bytes', () => {
    fs.writeFileSync(file, 'four');
    fs.symlinkSync('file', path.join(folder, 'link'));
    expect(reasonOf(realFs, path.join(folder, 'nothing'))).to.equal('vanished');
    expect(reasonOf(realFs, folder)).to.equal('not-a-file');
    expect(reasonOf(realFs, file, { maxBytes: 3 })).to.equal('too-large');
    expect(reasonOf(realFs, file, { maxBytes: 4 })).to.equal('ok');
    expect(reasonOf(realFs, path.join(folder, 'link'))).to.equal('ok');
    expect(reasonOf(realFs, path.join(folder, 'link'), { followLinks: false })).to.equal('unstable');
    const locked: FileSystem = {
      ...realFs,
      openSync: () => {
        throw Object.assign(new Error('EACCES: injected'), { code: 'EACCES' });
      },
    };
    expect(reasonOf(locked, file)).to.equal('unreadable');
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    expect(reasonOf(realFs, path.join(folder, 'pipe'))).to.equal('not-a-file');
  });

  it('a touched, a replaced and a removed file has another tuple', () => {
    fs.writeFileSync(file, 'a');
    const before = currentTuple(realFs, file);
    fs.utimesSync(file, 1, 1);
    const touched = currentTuple(realFs, file);
    expect(before && touched && sameTuple(before, touched)).to.equal(false);
    fs.rmSync(file);
    expect(currentTuple(realFs, file)).to.equal(undefined);
  });

  function writingAfterRead(write: () => void): FileSystem {
    const readSync = (...all: Parameters<typeof fs.readSync>): number => {
      const length = fs.readSync(...all);
      write();
      return length;
    };
    return { ...realFs, readSync: readSync as FileSystem['readSync'] };
  }
});
