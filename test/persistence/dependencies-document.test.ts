import { expect } from 'chai';
import fc from 'fast-check';
import type { Dependency } from '../../src/model/dependency.js';
import { expand } from '../../src/persistence/compact-dependency.js';
import { DependenciesDocument, type FileDependencies } from '../../src/persistence/dependencies-document.js';
import { loadValidators } from '../../src/schema/validate.js';
import { isDependencyPath } from '../../src/util/dependency-path.js';
import { byCodeUnit } from '../../src/util/paths.js';
import { goodRecord } from '../schema/documents.js';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const CONTENT = 'xxh64:0123456789abcdef';

const name = fc
  .oneof(
    fc.constantFrom('a.ts', 'src/a.ts', 'b', '__proto__', 'constructor', '10', 'a"b', 'a\nb', '😀', '],["x'),
    fc.string({ minLength: 1, maxLength: 8 }),
  )
  .filter((text) => isDependencyPath(text) && !/^\.{1,2}(\/|$)/.test(text));
const named = (
  make: (path: string, hash: string | null) => unknown,
  ...hashes: (string | null)[]
): fc.Arbitrary<unknown> => fc.tuple(name, fc.constantFrom(...hashes)).map(([path, hash]) => make(path, hash));
const dependency = fc.oneof(
  named((path, hash) => ({ kind: 'content', path, hash }), CONTENT, DIGEST, null),
  named((path) => ({ kind: 'absent', path }), null),
  named((path) => ({ kind: 'exists', path: `../${path}` }), null),
  named((path, hash) => ({ kind: 'listing', path, hash }), DIGEST, null),
  named((variable, hash) => ({ kind: 'env', name: variable, hash }), DIGEST, null),
  named((path, hash) => ({ kind: 'result', analyzer: 'lint', path, hash }), DIGEST, null),
) as fc.Arbitrary<Dependency>;
const line = fc.uniqueArray(fc.tuple(name, fc.array(dependency, { maxLength: 4 })), {
  selector: ([analyzer]) => analyzer,
  maxLength: 3,
});
const tree = fc
  .uniqueArray(fc.tuple(name, line), { selector: ([path]) => path, maxLength: 8 })
  .map((entries) => entries.map(([path, list]): [string, FileDependencies] => [path, new Map(list)]));

const sorted = (entries: Iterable<[string, FileDependencies]>): [string, FileDependencies][] =>
  [...entries].sort(([a], [b]) => byCodeUnit(a, b));
/** Without files and analyzers that have none. */
const said = (entries: Iterable<readonly [string, FileDependencies]>): unknown =>
  [...entries]
    .map(([path, list]) => [path, [...list].filter(([, each]) => each.length > 0).sort(([a], [b]) => byCodeUnit(a, b))])
    .filter(([, list]) => (list?.length ?? 0) > 0);
const subjectOf = (one: Dependency): string => (one.kind === 'env' ? one.name : one.path);

describe('dependencies.json', () => {
  it('gives back every dependency in its order, whatever it is called', () => {
    fc.assert(
      fc.property(tree, (entries) => {
        const document = DependenciesDocument.fromEntries(sorted(entries));
        const bytes = document.encode();
        const read = DependenciesDocument.parse(bytes);
        expect(read, bytes.toString()).not.to.equal(undefined);
        for (const each of [document, read!, DependenciesDocument.fromTrustedBytes(bytes)]) {
          expect(said(each.entries())).to.deep.equal(said(sorted(entries)));
          for (const [path, list] of entries) expect(said([[path, each.of(path)]])).to.deep.equal(said([[path, list]]));
          expect(each.of('not there')).to.deep.equal(new Map());
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the same document after edits as one made at once', () => {
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        const edits = new Map<string, FileDependencies | undefined>(before.map(([path]) => [path, undefined]));
        for (const [path, list] of after) edits.set(path, list);
        const patched = DependenciesDocument.fromEntries(sorted(before)).patch(edits);
        const direct = DependenciesDocument.fromEntries(sorted(after));
        expect(patched.encode().toString()).to.equal(direct.encode().toString());
        expect(patched.isEmpty).to.equal(direct.encode().toString() === '{}\n');
      }),
      { numRuns: 300 },
    );
  });

  it('finds the same lines by few names, by many, and by looking at every dependency', () => {
    const others = Array.from({ length: 40 }, (_, index) => `other ${index}`);
    fc.assert(
      fc.property(tree, fc.array(name, { maxLength: 5 }), (entries, names) => {
        const document = DependenciesDocument.fromEntries(sorted(entries));
        const expected = said(
          sorted(entries).filter(([, list]) =>
            [...list.values()].flat().some((one) => names.some((each) => subjectOf(one) === each)),
          ),
        );
        expect(said(document.mentioning(new Set(names)))).to.deep.equal(expected);
        expect(said(document.mentioning(new Set([...names, ...others])))).to.deep.equal(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('does not take the name of the line itself for a mention, and reports a line once', () => {
    const list: Dependency[] = [
      { kind: 'absent', path: 'b' },
      { kind: 'exists', path: 'b' },
      { kind: 'exists', path: 'c' },
    ];
    const document = DependenciesDocument.fromEntries([
      ['a', new Map([['lint', list]])],
      ['b', new Map([['a', list]])],
    ]);
    const found = (...names: string[]): string[] => Array.from(document.mentioning(new Set(names)), ([path]) => path);
    expect(found('a')).to.deep.equal([]);
    expect(found('absent')).to.deep.equal([]);
    expect(found('b', 'c')).to.deep.equal(['a', 'b']);
  });

  const LINE = '["absent","x"]';
  const ODD: Readonly<Record<string, string>> = {
    'no bytes': '',
    'a list': '[]\n',
    'an empty line': '{\n}\n',
    'a number': '{\n  "a": 1\n}\n',
    'a list without analyzer': `{\n  "a": [${LINE}]\n}\n`,
    'an analyzer without dependencies': '{\n  "a": { "lint": [] }\n}\n',
    'a file without analyzers': '{\n  "a": {}\n}\n',
    'a file twice': `{\n  "a": { "lint": [${LINE}] },\n  "a": { "lint": [${LINE}] }\n}\n`,
    'an analyzer twice': `{\n  "a": { "lint": [${LINE}], "lint": [${LINE}] }\n}\n`,
    'files in another order': `{\n  "b": { "lint": [${LINE}] },\n  "a": { "lint": [${LINE}] }\n}\n`,
    'analyzers in another order': `{\n  "a": { "z": [${LINE}], "b": [${LINE}] }\n}\n`,
    'white space': `{\n  "a": { "lint": [["absent", "x"]] }\n}\n`,
    'an escape that is not needed': '{\n  "\\u0061": { "lint": [["absent","x"]] }\n}\n',
    'a file outside the root': `{\n  "../a": { "lint": [${LINE}] }\n}\n`,
    'something behind it': `{\n  "a": { "lint": [${LINE}] }\n}\n{}`,
    'two lines in one': `{\n  "a": { "lint": [${LINE}] }, "b": { "lint": [${LINE}] }\n}\n`,
    'a byte-order mark': '\ufeff{}\n',
    'many levels': `{\n  "a": ${'['.repeat(100_000)}${']'.repeat(100_000)}\n}\n`,
  };
  for (const [what, text] of Object.entries(ODD)) {
    it(`is refused with ${what}`, () => {
      expect(DependenciesDocument.parse(Buffer.from(text))).to.equal(undefined);
    });
  }

  it('takes 100,000 dependencies of one file, a path of 10,000 characters and names that every object knows', () => {
    const many = Array.from({ length: 100_000 }, (_, index): Dependency => ({ kind: 'absent', path: `f${index}` }));
    const long: Dependency = { kind: 'exists', path: 'long/'.repeat(2000).slice(0, -1) };
    const proto: Dependency = { kind: 'result', analyzer: '__proto__', path: '__proto__', hash: DIGEST };
    const document = DependenciesDocument.fromEntries([
      ['__proto__', new Map([['__proto__', [proto]]])],
      ['constructor', new Map([['toString', [long]]])],
      ['many', new Map([['lint', many]])],
    ]);
    const read = DependenciesDocument.parse(document.encode());
    expect(read?.of('__proto__').get('__proto__')).to.deep.equal([proto]);
    expect(read?.of('constructor').get('toString')).to.deep.equal([long]);
    expect(read?.of('constructor').get('valueOf')).to.equal(undefined);
    expect(read?.of('many').get('lint')?.length).to.equal(100_000);
    const found = (text: string): string[] => Array.from(read!.mentioning(new Set([text])), ([path]) => path);
    expect([found('f99999'), found('__proto__'), found('f100000')]).to.deep.equal([['many'], ['__proto__'], []]);
    expect(({} as Record<string, unknown>)['hash']).to.equal(undefined);
  });
});

describe('a dependency that no record may have', () => {
  const path = (text: string): [unknown, Readonly<Record<string, unknown>>] => [
    ['absent', text],
    { kind: 'absent', path: text },
  ];
  const BAD: Readonly<Record<string, readonly [compact: unknown, record: Readonly<Record<string, unknown>>]>> = {
    'an absolute path': path('/etc/passwd'),
    'a path on a drive': path('C:/x'),
    'a path relative to a drive': path('c:x'),
    'a server': path('\\\\server\\share'),
    'a backslash': path('a\\..\\b'),
    'a NUL': path('a\0b'),
    'an empty path': path(''),
    'an empty part': path('a//b'),
    'a slash at the end': path('a/'),
    'a path that climbs in the middle': path('a/../b'),
    'a path that begins with ./': path('./a'),
    'a dot inside': path('../.'),
    'a path of 40,000 characters': path('a'.repeat(40_000)),
    'a path that is a number': [['absent', 1], { kind: 'absent', path: 1 }],
    'a kind that is not known': [['guess', 'a'], { kind: 'guess', path: 'a' }],
    'the kind __proto__': [['__proto__', 'a'], { kind: '__proto__', path: 'a' }],
    'no kind': [['a'], { path: 'a' }],
    'a hash too many': [['absent', 'a', null], { kind: 'absent', path: 'a', hash: null }],
    'no hash': [['content', 'a'], { kind: 'content', path: 'a' }],
    'a hash without algorithm': [['content', 'a', '0'], { kind: 'content', path: 'a', hash: '0' }],
    'a listing of another algorithm': [['listing', 'a', CONTENT], { kind: 'listing', path: 'a', hash: CONTENT }],
    'a variable with its value': [['env', 'A', 'secret'], { kind: 'env', name: 'A', hash: 'secret' }],
    'a variable without name': [['env', '', null], { kind: 'env', name: '', hash: null }],
    'a variable with a NUL': [['env', 'A\0', null], { kind: 'env', name: 'A\0', hash: null }],
    'a result without analyzer': [['result', '', 'a', null], { kind: 'result', analyzer: '', path: 'a', hash: null }],
    'a result of an analyzer with 65 characters': [
      ['result', 'a'.repeat(65), 'a', null],
      { kind: 'result', analyzer: 'a'.repeat(65), path: 'a', hash: null },
    ],
    'a result of an absolute path': [
      ['result', 'lint', '/a', DIGEST],
      { kind: 'result', analyzer: 'lint', path: '/a', hash: DIGEST },
    ],
  };
  for (const [what, [compact, record]] of Object.entries(BAD)) {
    it(`is refused in dependencies.json and in a record: ${what}`, async () => {
      expect(expand(compact)).to.equal(undefined);
      const text = `{\n  "a": { "lint": ${JSON.stringify([compact])} }\n}\n`;
      expect(DependenciesDocument.parse(Buffer.from(text))).to.equal(undefined);
      const validators = await loadValidators();
      expect(validators.resultRecord(goodRecord)).to.equal(undefined);
      expect(validators.resultRecord({ ...goodRecord, dependencies: [record] })).to.be.a('string');
    });
  }

  it('is judged alike by dependencies.json and by the schema, for any path', async () => {
    const validators = await loadValidators();
    const part = fc.oneof(fc.constantFrom('.', '..', '', 'a', '...', '.a', 'C:', 'a:b', 'a\\b'), fc.string());
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
        (text) => {
          const isRefused =
            validators.resultRecord({ ...goodRecord, dependencies: [{ kind: 'absent', path: text }] }) !== undefined;
          expect(expand(['absent', text]) === undefined, JSON.stringify(text)).to.equal(isRefused);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
