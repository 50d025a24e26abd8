import { expect } from 'chai';
import { pathToFileURL } from 'node:url';
import { FileNames, SPELLINGS } from '../../../../src/analyzers/exec/formats/file-names.js';
import { ROOT, paths } from './harness.js';

const FILES = paths('src/a.ts', 'src/ü b.ts', 'lib/..x/c.ts', 'src/50%25.ts');

describe('FileNames', () => {
  for (const cwd of [ROOT, `${ROOT}/src`, `${ROOT}/src/deep`, '/elsewhere']) {
    it(`reads in ${cwd} whatever it writes, in every spelling`, () => {
      const names = new FileNames({ root: ROOT, cwd, command: [] }, FILES);
      for (const path of FILES)
        for (const spelling of SPELLINGS) {
          const text = names.write(path, spelling);
          const read = names.read(text);
          expect(read?.path, text).to.equal(path);
          expect(names.write(path, read!.spelling), text).to.equal(text);
        }
    });
  }

  const names = new FileNames({ root: ROOT, cwd: `${ROOT}/src`, command: [], rootAliases: ['/link/shop'] }, FILES);

  for (const [text, path] of [
    ['a.ts', 'src/a.ts'],
    ['.//./a.ts', 'src/a.ts'],
    ['../src/a.ts', 'src/a.ts'],
    ['../../shop/src/a.ts', 'src/a.ts'],
    ['/link/shop/src/a.ts', 'src/a.ts'],
    [`${ROOT}/lib/../src/a.ts`, 'src/a.ts'],
    ['..\\src\\a.ts', 'src/a.ts'],
    ['u\u0308 b.ts', 'src/ü b.ts'],
    [pathToFileURL(`${ROOT}/src/ü b.ts`).href, 'src/ü b.ts'],
    [`file://localhost${ROOT}/src/a.ts`, 'src/a.ts'],
  ] as const) {
    it(`${text} is ${path}`, () => expect(names.read(text)?.path).to.equal(path));
  }

  for (const text of [
    '',
    '.',
    '..',
    '/',
    'b.ts',
    '/etc/passwd',
    '../../../src/a.ts',
    'file:',
    'file://%',
    `${ROOT}x/src/a.ts`,
    '\0',
  ]) {
    it(`${JSON.stringify(text)} is none of the files`, () => expect(names.read(text)).to.equal(undefined));
  }

  it('below /private, macOS names without it are understood', () => {
    const mac = new FileNames({ root: '/private/var/x/shop', cwd: '/private/var/x/shop', command: [] }, FILES);
    expect(mac.read('/var/x/shop/src/a.ts')).to.deep.equal({ path: 'src/a.ts', spelling: 'absolute' });
  });

  it('on Windows, drive letters, slashes and case do not matter', () => {
    const windows = new FileNames({ root: 'C:\\Shop', cwd: 'C:\\Shop\\src', command: [] }, FILES);
    for (const text of [
      'c:\\shop\\SRC\\A.ts',
      'C:/Shop/src/a.ts',
      'a.ts',
      '..\\src\\a.ts',
      'file:///C:/Shop/src/a.ts',
      'file:///c%3A/Shop/src/a.ts',
    ])
      expect(windows.read(text)?.path, text).to.equal('src/a.ts');
    expect(windows.write('src/a.ts', 'absolute')).to.equal('C:\\Shop\\src\\a.ts');
    expect(windows.write('src/a.ts', 'file-url')).to.equal('file:///C:/Shop/src/a.ts');
    expect(windows.read('D:\\Shop\\src\\a.ts')).to.equal(undefined);
  });
});
