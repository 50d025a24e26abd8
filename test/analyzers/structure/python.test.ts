import { expect } from 'chai';
import { analyze, functionNamed, placesOf } from './support/analyze.js';

describe('structure of Python', () => {
  it('lists nested functions as functions and functions directly in a class body as methods', async () => {
    const { symbols } = await analyze(
      'py',
      'def outer():',
      '    def inner(): pass',
      'class A:',
      '    @property',
      '    def method(self): pass',
      '    if True:',
      '        def conditional(self): pass',
      '    class B: pass',
    );
    expect(placesOf(symbols.functions)).to.deep.equal(['outer 1-2', 'inner 2-2', 'conditional 7-7']);
    expect(placesOf(symbols.classes)).to.deep.equal(['A 3-8', 'B 8-8']);
    expect(placesOf(symbols.classes[0]!.methods)).to.deep.equal(['method 5-5']);
  });

  it('counts comments after the last statement to nobody', async () => {
    const { symbols } = await analyze(
      'py',
      'class A:',
      '    def f(self):',
      '        return 1',
      '        # the end',
      '    # of A',
      'x = 1',
    );
    expect(placesOf(symbols.classes)).to.deep.equal(['A 1-3']);
  });

  for (const [code, complexity] of [
    ['pass', 1],
    ['return a and b and c or d', 4],
    ['return [x for x in y if x if z for w in x]', 5],
    ['return 1 if a else 2', 2],
    ['assert a', 1],
    ['with a: pass', 1],
    ['return lambda: a and b', 1],
  ] as const)
    it(`gives "${code}" a complexity of ${complexity}`, async () => {
      const result = await analyze('py', 'def f(a):', `    ${code}`);
      expect(functionNamed(result, 'f').complexity).to.equal(complexity);
    });

  it('counts elif, loops, handlers and cases, but no default, else or finally', async () => {
    const result = await analyze(
      'py',
      'async def f(a):',
      '    if a: pass',
      '    elif b: pass',
      '    else: pass',
      '    async for x in a: pass',
      '    while a: pass',
      '    try: pass',
      '    except A: pass',
      '    except B: pass',
      '    finally: pass',
      '    match a:',
      '        case 1 if a: pass',
      '        case [2, 3]: pass',
      '        case _: pass',
    );
    expect(functionNamed(result, 'f')).to.include({ complexity: 9, nestingDepth: 1, isAsync: true });
  });

  it('keeps the points of a nested function and adds those of decorators and defaults to the function they belong to', async () => {
    const result = await analyze(
      'py',
      'def outer():',
      '    @d(a or b)',
      '    def inner(x=1 if a else 2):',
      '        if x:',
      '            for y in x: pass',
    );
    expect(functionNamed(result, 'outer')).to.include({ complexity: 1, nestingDepth: 0 });
    expect(functionNamed(result, 'inner')).to.include({ complexity: 5, nestingDepth: 2 });
  });

  it('names parameters without stars, types and defaults', async () => {
    const result = await analyze(
      'py',
      'def f(self, a: int, /, b=1, *args: str, c: int = 2, **kw) -> dict[str, int]: pass',
    );
    expect(functionNamed(result, 'f').parameters).to.deep.equal(['self', 'a', 'b', 'args', 'c', 'kw']);
    expect(functionNamed(result, 'f').returnType).to.equal('dict[str, int]');
  });

  it('cleans docstrings and evaluates their escapes', async () => {
    const result = await analyze(
      'py',
      'def f():',
      '    """First\\tline.',
      '',
      '        Indented.',
      '    """',
      'def g(): f"not one"',
      'def h(): "two " "parts"',
    );
    expect(functionNamed(result, 'f').docstring).to.equal('First   line.\n\nIndented.');
    expect(functionNamed(result, 'g').docstring).to.equal(null);
    expect(functionNamed(result, 'h').docstring).to.equal('two parts');
  });

  it('gives decorators as dotted names and base classes without keyword arguments', async () => {
    const { symbols } = await analyze('py', '@a.b(1)', '@c', 'class A(B, C[int], metaclass=M): pass');
    expect(symbols.classes[0]).to.deep.include({
      decorators: ['a.b', 'c'],
      baseClasses: ['B', 'C[int]'],
      startLine: 3,
    });
  });

  it('gives imports with the names of the other module', async () => {
    const { symbols } = await analyze('py', 'import os.path as p, sys', 'from ..x import a as b, c', 'from . import *');
    expect(symbols.imports).to.deep.equal([
      { module: 'os.path', symbols: [], isRelative: false, kind: 'import', line: 1 },
      { module: 'sys', symbols: [], isRelative: false, kind: 'import', line: 1 },
      { module: '..x', symbols: ['a', 'c'], isRelative: true, kind: 'from', line: 2 },
      { module: '.', symbols: ['*'], isRelative: true, kind: 'from', line: 3 },
    ]);
  });

  it('exports what __all__ lists, and the public names of the top level without it', async () => {
    const listed = await analyze('py', "__all__ = ['a']", "__all__ += ('_b',)", 'def c(): pass');
    const open = await analyze('py', 'def a(): pass', 'def _b(): pass', 'class C: pass', 'd, e = 1, 2');
    expect(listed.symbols.exports).to.deep.equal(['a', '_b']);
    expect(open.symbols.exports).to.deep.equal(['a', 'C', 'd', 'e']);
  });

  it('ends lines at a carriage return, too', async () => {
    const { symbols } = await analyze('py', 'x = 1\r\rdef f():\r    pass\r');
    expect(symbols.functions[0]?.startLine).to.equal(3);
  });
});
