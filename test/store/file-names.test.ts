import { expect } from 'chai';
import fc from 'fast-check';
import { ENDINGS } from '../../src/store/drivers/file/endings.js';
import {
  fileNameOf,
  isCutName,
  placeOf,
  segmentOfFile,
  segmentOfFolder,
} from '../../src/store/drivers/file/key-names.js';

const odd = fc.constantFrom(
  '',
  '.',
  '..',
  ' ',
  'CON',
  'con.txt',
  'a.',
  'a ',
  '%2F',
  '~',
  '\\',
  ':',
  '*',
  'é',
  'e\u0301',
  'A',
  'x.json',
  'x.value',
);
const segment = fc.oneof(
  odd,
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.array(odd, { maxLength: 4 }).map((all) => all.join('')),
);
const key = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((segments) => segments.join('/').replaceAll('\0', ''))
  .filter((text) => text !== '' && Buffer.byteLength(text) <= 1024);

function pathOf(text: string, foldsCase = false): string {
  const place = placeOf(text, foldsCase);
  return `${place.folder}/${fileNameOf(place, 'json')}`;
}

describe('names of files for keys', () => {
  it('every key is got back from its file, whatever its ending', () => {
    fc.assert(
      fc.property(key, fc.constantFrom(...ENDINGS), fc.boolean(), (text, ending, foldsCase) => {
        const place = placeOf(text, foldsCase);
        if (place.isCut) return;
        const folders = text.includes('/') ? place.folder.split('/') : [];
        const found = segmentOfFile(fileNameOf(place, ending));
        const segments = [...folders.map((name) => segmentOfFolder(name, foldsCase)), found?.segment];
        expect(segments.join('/')).to.equal(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('no two keys have the same file, also where case and composition do not count', () => {
    const files = new Map<string, string>();
    fc.assert(
      fc.property(key, (text) => {
        const file = pathOf(text, true).normalize('NFC').toLowerCase();
        expect(files.get(file) ?? text).to.equal(text);
        files.set(file, text);
      }),
      { numRuns: 1000 },
    );
  });

  it('no segment of a path is one that Windows refuses or that leads elsewhere', () => {
    fc.assert(
      fc.property(key, (text) => {
        for (const name of pathOf(text).replace(/^\//, '').split('/')) {
          expect(name).not.to.match(/[<>:"|?*\\\0-\x1f]|^\.|[. ]$|^$/);
          expect(name).not.to.match(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
          expect(Buffer.byteLength(name)).to.be.at.most(230);
        }
      }),
      { numRuns: 1000 },
    );
  });

  const NAMES: readonly (readonly [key: string, file: string])[] = [
    ['shop/analysis.json', 'shop/analysis.json'],
    ['user/1', 'user/1.value.json'],
    ['user/1.json', 'user/1.json'],
    ['Ünï code', '/Ünï code.value.json'],
    ['.hidden', '/%2Ehidden.value.json'],
    ['../../etc', '%2E%2E/%2E%2E/etc.value.json'],
    ['a.json/b', 'a%2Ejson/b.value.json'],
    ['a.value.json', '/a%2Evalue.json'],
    ['a//b', 'a/%00/b.value.json'],
    ['nul', '/%6Eul.value.json'],
  ];
  for (const [text, file] of NAMES) {
    it(`the key ${text} is the file ${file}`, () => {
      expect(pathOf(text)).to.equal(file);
    });
  }

  it('a document keeps its name and changes its ending', () => {
    const names = ENDINGS.map((ending) => fileNameOf(placeOf('shop/analysis.json', false), ending));
    expect(names.slice(0, 4)).to.deep.equal([
      ...['analysis.json', 'analysis.msgpack', 'analysis.json.bin', 'analysis.json.gz'],
    ]);
  });

  it('a path that is too deep or too long ends in one name that is cut', () => {
    for (const text of ['/'.repeat(1024), `${'x'.repeat(150)}/`.repeat(6), `${'a/'.repeat(400)}b.json`]) {
      const place = placeOf(text, false);
      expect(place.isCut).to.equal(true);
      expect(Buffer.byteLength(`${place.folder}/${fileNameOf(place, 'msgpack.zst')}`)).to.be.below(850);
    }
  });

  it('a segment that is too long is cut and told from every other', () => {
    const [one, other] = ['x', 'y'].map((end) => placeOf('é'.repeat(300) + end, false).stem) as [string, string];
    expect(isCutName(one) && isCutName(other)).to.equal(true);
    expect(one).not.to.equal(other);
    expect(placeOf(one, false).isCut, 'a key that looks cut').to.equal(false);
  });
});
