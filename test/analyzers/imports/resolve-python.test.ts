import { expect } from 'chai';
import { resolvePython } from '../../../src/analyzers/imports/resolve-python.js';
import { probeOf, type Files } from './support/map-tree.js';

const tree = (...paths: readonly string[]): Files => Object.fromEntries(paths.map((name) => [name, '']));

function resolve(files: Files, from: string, module: string, symbols?: readonly string[]) {
  const probe = probeOf(files);
  const kind = symbols === undefined ? 'import' : 'from';
  return { ...resolvePython(from, { kind, module, symbols }, probe), asked: probe.asked };
}

describe('resolution of Python', () => {
  const files = tree('pkg/__init__.py', 'pkg/a.py', 'pkg/sub/__init__.py', 'pkg/sub/b.py', 'top.py');

  it('a dotted name means every package on the way and the module', () => {
    expect(resolve(files, 'top.py', 'pkg.sub.b').files).to.deep.equal([
      'pkg/__init__.py',
      'pkg/sub/__init__.py',
      'pkg/sub/b.py',
    ]);
  });

  it('a name that is imported may be a submodule, and one that is not may become it', () => {
    const { files: found, asked } = resolve(files, 'top.py', 'pkg', ['a', 'missing']);
    expect(found).to.deep.equal(['pkg/__init__.py', 'pkg/a.py']);
    expect(asked).to.include.members(['pkg/missing', 'pkg/missing.pyi', 'pkg/missing.py']);
  });

  it('dots count packages upwards', () => {
    expect(resolve(files, 'pkg/sub/b.py', '..', ['a']).files).to.deep.equal(['pkg/__init__.py', 'pkg/a.py']);
    expect(resolve(files, 'pkg/sub/b.py', '..a', ['x']).files).to.deep.equal(['pkg/a.py']);
    expect(resolve(files, 'pkg/sub/b.py', '.', ['b']).files).to.deep.equal(['pkg/sub/__init__.py', 'pkg/sub/b.py']);
    expect(resolve(files, 'pkg/a.py', '....', ['b']).outcome).to.equal('unresolved');
  });

  it('absolute names start at the parent of the package, at the root, and in src', () => {
    expect(resolve(tree('x/pkg/__init__.py', 'x/pkg/a.py', 'x/b.py'), 'x/pkg/a.py', 'b').files).to.deep.equal([
      'x/b.py',
    ]);
    expect(resolve(tree('src/m.py', 'tests/t.py'), 'tests/t.py', 'm').files).to.deep.equal(['src/m.py']);
    expect(resolve(files, 'pkg/a.py', 'b').outcome, 'not inside of the package').to.equal('external');
  });

  it('a package goes before a module, which is then not asked for', () => {
    const { files: found, asked } = resolve(tree('m/__init__.py', 'm.py', 'a.py'), 'a.py', 'm');
    expect(found).to.deep.equal(['m/__init__.py']);
    expect(asked).not.to.include('m.py');
  });

  it('a stub comes first, and the code beside it counts', () => {
    expect(resolve(tree('m.pyi', 'm.py', 'a.py'), 'a.py', 'm').files).to.deep.equal(['m.pyi', 'm.py']);
  });

  it('a folder without __init__ is a package whose parts may be in several places', () => {
    expect(resolve(tree('ns/a.py', 'src/ns/b.py', 't.py'), 't.py', 'ns', ['a', 'b']).files).to.deep.equal([
      'ns/a.py',
      'src/ns/b.py',
    ]);
    expect(resolve(tree('ns/a.py', 'src/ns/__init__.py', 't.py'), 't.py', 'ns').files).to.deep.equal([
      'src/ns/__init__.py',
    ]);
  });

  it('what is nowhere is external, and a file that would shadow it has been looked for', () => {
    const { outcome, asked } = resolve(files, 'pkg/a.py', 'os.path');
    expect(outcome).to.equal('external');
    expect(asked).to.include.members(['os', 'os.py', 'os.pyi']);
    expect(resolve(files, 'pkg/a.py', 'sys').asked).to.deep.equal([]);
  });

  it('a script that imports its own name means the module outside', () => {
    expect(resolve(tree('json.py'), 'json.py', 'json').outcome).to.equal('external');
    expect(resolve(files, 'pkg/__init__.py', 'pkg.a').files).to.include('pkg/a.py');
  });
});
