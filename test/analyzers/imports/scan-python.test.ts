import { expect } from 'chai';
import { scanImports } from '../../../src/analyzers/imports/scan-imports.js';

const modules = (...lines: readonly string[]): string[] =>
  scanImports('a.py', lines.join('\n')).specifiers.map(
    ({ kind, module, symbols }) => `${kind} ${module}${symbols === undefined ? '' : ` ${symbols.join(' ')}`}`,
  );

describe('imports of Python', () => {
  it('every form of import is found', () => {
    expect(
      modules(
        'import a, b.c as d; import e',
        'from . import f',
        'from .. g import (h as i, # comment',
        '    j,',
        ')',
        'from k import *',
        'if True: import l',
        'try: from m import \\',
        '    n',
        'x = importlib.import_module("o.p"); __import__(\'q\')',
        'from.import r',
      ),
    ).to.deep.equal([
      'import a',
      'import b.c',
      'import e',
      'from . f r',
      'from ..g h j',
      'from k *',
      'import l',
      'from m n',
      'dynamic o.p',
      'dynamic q',
    ]);
  });

  it('what stands in strings and comments is no import', () => {
    expect(
      modules(
        '"""',
        'import a',
        '"""',
        '# import b',
        `s = 'it''s' + rb"\\"" + f"{x['import c']:'>{w}}" + f'{y!r}' + f"\\{{z}}"`,
        'import real',
      ),
    ).to.deep.equal(['import real']);
  });

  it('an import by an expression is unknown', () => {
    expect(scanImports('a.py', 'importlib.import_module(name)').unknown).to.equal(true);
    expect(scanImports('a.py', 'def import_module(name): pass').unknown).to.equal(undefined);
  });

  it('text that is no Python is searched for every line that looks like an import', () => {
    expect(modules('s = "not closed', 'import a', ')', '"""', 'from b import c')).to.have.members([
      'import a',
      'from b c',
    ]);
  });

  it('nothing in Python is ambient', () => {
    expect(scanImports('a.py', '').ambient).to.equal(false);
  });
});
