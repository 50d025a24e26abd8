import { expect } from 'chai';
import { CacheError } from '../../src/model/errors.js';
import { compileGlobs } from '../../src/util/globs.js';

describe('globs', () => {
  const cases: [pattern: string, matching: string[], other: string[]][] = [
    ['**/*.md', ['a.md', 'x/y/.b.md', 'new\nline.md'], ['a.mdx', 'md']],
    ['src/**', ['src/a', 'src/.x/b'], ['src', 'srcx/a', 'x/src/a']],
    ['*.ts', ['a.ts', 'a\\b.ts', '.ts'], ['x/a.ts']],
    ['./a/?.js', ['a/b.js'], ['a/bc.js', 'a//.js']],
    ['{a,b}/[0-9].c', ['a/1.c', 'b/2.c'], ['a/x.c', 'c/1.c']],
    ['app/(group)/a+b', ['app/(group)/a+b'], ['app/group/aab']],
    ['!x', ['!x'], ['x', 'y']],
    ['x\\*y', ['x*y'], ['xay']],
    ['__proto__', ['__proto__'], ['constructor']],
  ];
  for (const [pattern, matching, other] of cases) {
    it(`${pattern} matches ${matching.join(', ')} and not ${other.join(', ')}`, () => {
      const matches = compileGlobs([pattern]);
      expect([...matching, ...other].filter((path) => matches(path))).to.deep.equal(matching);
    });
  }

  it('any of several patterns matches, and no pattern matches nothing', () => {
    expect(['a', 'b', 'c'].filter(compileGlobs(['a', 'c']))).to.deep.equal(['a', 'c']);
    expect(['a', ''].filter(compileGlobs([]))).to.deep.equal([]);
  });

  for (const pattern of [
    '',
    'x'.repeat(513),
    '*a*a*a*a*a',
    '**/a/**/b/**/c/**/d/**',
    '{a,b}'.repeat(5),
    '[',
    'x[a',
    'x{',
    '{a,b',
  ]) {
    it(`refuses ${JSON.stringify(pattern.slice(0, 30))}, which is empty, too long, never closed or has too many wildcards`, () => {
      expect(() => compileGlobs([pattern]))
        .to.throw(CacheError)
        .with.property('code', 'CACHE_BAD_PATTERN');
    });
  }

  it('crafted patterns that are taken need less than 4 s of a processor for a path of 255 characters', () => {
    const before = process.cpuUsage();
    for (const pattern of ['*a*a*a*b', '**/a/**/a/**/a/**/b', '{a,aa}{a,aa}{a,aa}{a,aa}b', '(a+)+b']) {
      compileGlobs([pattern])('a'.repeat(255));
      compileGlobs([pattern])('a/'.repeat(127) + 'c');
    }
    const { user, system } = process.cpuUsage(before);
    // In microseconds; a machine that is busy elsewhere counts little. A bad pattern would take minutes.
    expect(user + system).to.be.below(4_000_000);
  });
});
