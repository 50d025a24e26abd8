import { expect } from 'chai';
import { cutIntoBatches, roomForFiles } from '../../../src/analyzers/exec/batches.js';

const files = (count: number, length = 10): { argument: string }[] =>
  Array.from({ length: count }, (_, index) => ({ argument: String(index).padStart(length, 'f') }));
const WIDE = { bytes: Infinity, perFileBytes: 9 };
const sizes = (batches: readonly (readonly unknown[])[]): number[] => batches.map(({ length }) => length);

describe('batches of files', () => {
  it('all files fit one call where the system takes them', () => {
    expect(sizes(cutIntoBatches(files(1000), { room: WIDE, mostFiles: Infinity, parallel: 1 }))).to.deep.equal([1000]);
    expect(cutIntoBatches([], { room: WIDE, mostFiles: Infinity, parallel: 1 })).to.deep.equal([]);
  });

  it('no call has more bytes of arguments than there is room for, and all files are passed once in order', () => {
    const all = files(1000, 91);
    const batches = cutIntoBatches(all, { room: { bytes: 10_000, perFileBytes: 9 }, mostFiles: Infinity, parallel: 1 });
    expect(batches.flat()).to.deep.equal(all);
    for (const batch of batches) expect(batch.length * 100).to.be.at.most(10_000);
    expect(batches).to.have.lengthOf(10);
  });

  it('parallel calls get equal shares, but few files are not spread', () => {
    expect(sizes(cutIntoBatches(files(100), { room: WIDE, mostFiles: Infinity, parallel: 3 }))).to.deep.equal([
      34, 34, 32,
    ]);
    expect(sizes(cutIntoBatches(files(5), { room: WIDE, mostFiles: Infinity, parallel: 4 }))).to.deep.equal([5]);
  });

  it('a name that is longer than the room is passed alone', () => {
    const room = { bytes: 30, perFileBytes: 9 };
    expect(sizes(cutIntoBatches(files(3, 100), { room, mostFiles: Infinity, parallel: 1 }))).to.deep.equal([1, 1, 1]);
  });

  it('what environment and command take away from the room depends on the system', () => {
    const environment = { LONG: 'x'.repeat(100_000) };
    const room = (platform: NodeJS.Platform, throughShell = false): number =>
      roomForFiles({ platform, command: ['eslint'], environment, throughShell }).bytes;
    expect(room('linux')).to.be.within(1_700_000, 1_800_000);
    expect(room('win32')).to.be.within(29_000, 30_000);
    expect(room('linux', true)).to.be.within(90_000, 93_000);
    expect(room('win32', true)).to.be.below(8_000);
    expect(room('aix')).to.be.below(20_000);
  });
});
