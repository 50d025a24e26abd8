import { expect } from 'chai';
import fc from 'fast-check';
import { ImportGraph, type ImportTree } from '../../../src/analyzers/imports/import-graph.js';
import { scanImports } from '../../../src/analyzers/imports/scan-imports.js';
import type { Dependency } from '../../../src/model/dependency.js';
import { sha256Hex } from '../../../src/util/hash.js';
import { treeOf, type Files } from './support/map-tree.js';

const SOURCES = [
  'a.ts',
  'b.ts',
  'c.ts',
  'd/e.ts',
  'd/f.ts',
  'd/index.ts',
  'env.d.ts',
  'p.py',
  'q/r.py',
  'q/__init__.py',
];
const SCRIPT_IMPORTS = [
  './a',
  './b.js',
  './c',
  './d',
  './d/e',
  '../b',
  './e',
  './f',
  './env',
  'pkg',
  '@x/y',
  './gone',
  'up/f',
];
const PYTHON_IMPORTS = ['import q', 'import q.r', 'from q import r', 'import p', 'from . import s', 'from q import *'];
const CONFIGS = ['', '{"compilerOptions":{"paths":{"up/*":["./d/*"]}}}', '{"compilerOptions":{"baseUrl":"./d"}}'];
const PACKAGES = ['', '{"name":"pkg","main":"a.js"}', '{"workspaces":["d"]}', '{"imports":{"#z":"./c.ts"}}'];

/** A source by what it imports; its number only makes it another content. */
const source = (path: string): fc.Arbitrary<string> => {
  const isPython = path.endsWith('.py');
  const lines = fc.subarray(isPython ? PYTHON_IMPORTS : SCRIPT_IMPORTS.map((name) => `import '${name}';`));
  const isGlobal = path === 'env.d.ts' ? fc.boolean() : fc.constant(false);
  return fc
    .tuple(lines, fc.nat(2), isGlobal)
    .map(([imports, number, global]) =>
      [...imports, global ? 'declare global {}' : '', `${isPython ? '#' : '//'} ${number}`].join('\n'),
    );
};

/** One file and its content, or that it is removed. */
const edit: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  ...SOURCES.map((path) => fc.tuple(fc.constant(path), fc.oneof(source(path), fc.constant('')))),
  fc.tuple(fc.constantFrom('tsconfig.json', 'd/tsconfig.json'), fc.constantFrom(...CONFIGS)),
  fc.tuple(fc.constantFrom('package.json', 'd/package.json'), fc.constantFrom(...PACKAGES)),
  fc.tuple(fc.constant('node_modules/pkg/package.json'), fc.constantFrom(...PACKAGES)),
);

const edited = (files: Files, edits: readonly (readonly [string, string])[]): Files =>
  Object.fromEntries([...new Map([...Object.entries(files), ...edits])].filter(([, text]) => text !== ''));

const codebase = fc.array(edit, { minLength: 4, maxLength: 24 }).map((edits) => edited({}, edits));

/** Listings have the hash of their names, unlike those of `treeOf`. */
function treeWithListings(files: Files): ImportTree {
  const tree = treeOf(files);
  return {
    ...tree,
    list: (folder) => {
      const seen = tree.list?.(folder);
      return seen && { names: seen.names, hash: `sha256:${sha256Hex(seen.names.join('\n'))}` };
    },
  };
}

function graphOf(files: Files): ImportGraph {
  const isAmbient = (path: string): boolean => path.endsWith('.ts') && scanImports(path, files[path]!).ambient;
  return new ImportGraph(treeWithListings(files), { ambient: Object.keys(files).filter(isAmbient).sort() });
}

const sourcesOf = (files: Files): string[] => SOURCES.filter((path) => path in files);

/** All that `path` depends on, itself included, as a list. */
async function listOf(files: Files, path: string): Promise<string> {
  const { dependencies } = await graphOf(files).follow(path);
  return JSON.stringify([files[path], dependencies]);
}

async function preparedGraph(files: Files, paths: readonly string[] = sourcesOf(files)): Promise<ImportGraph> {
  const graph = graphOf(files);
  await graph.prepare(paths);
  return graph;
}

const pathOf = (dependency: Dependency): string => ('path' in dependency ? dependency.path : '');

/** Files that import each other in a row; the last one imports `last`. */
function chainOf(count: number, last?: number): ImportTree {
  const hash = (path: string): `sha256:${string}` => `sha256:${sha256Hex(path)}`;
  return {
    ...treeOf({}),
    hashOf: (path) => (/^f\d+\.py$/.test(path) ? (hash(path) as ReturnType<ImportTree['hashOf']>) : undefined),
    importsOf: (path) => {
      const number = Number(path.slice(1, -3));
      const next = number + 1 < count ? number + 1 : last;
      const specifiers = next === undefined ? [] : [{ module: `f${next}`, kind: 'import' as const }];
      return Promise.resolve({ specifiers, ambient: false });
    },
    exists: (path) => path === '.' || /^f\d+\.py$/.test(path),
  };
}

describe('the digest of all that a file depends on by imports', () => {
  it('changes exactly where the list of it changes', async () => {
    let [same, other] = [0, 0];
    const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(codebase, edits, async (before, changes) => {
        const after = edited(before, changes);
        const [one, two] = [await preparedGraph(before), await preparedGraph(after)];
        for (const path of sourcesOf(before).filter((name) => name in after)) {
          const isSame = (await listOf(before, path)) === (await listOf(after, path));
          if (isSame) same++;
          else other++;
          expect(one.digestOf(path) === two.digestOf(path), path).to.equal(isSame);
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(same, other)).to.be.greaterThan(100);
  });

  it('is the same in whatever order and company files are prepared', async () => {
    await fc.assert(
      fc.asyncProperty(codebase, fc.infiniteStream(fc.nat()), async (files, numbers) => {
        const all = await preparedGraph(files);
        const shuffled = sourcesOf(files)
          .map((path) => ({ path, place: numbers.next().value as number }))
          .sort((a, b) => a.place - b.place);
        const graph = graphOf(files);
        for (const { path } of shuffled) {
          await graph.prepare([path]);
          expect(graph.digestOf(path)).to.equal(all.digestOf(path));
          expect((await preparedGraph(files, [path])).digestOf(path)).to.equal(all.digestOf(path));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is there for a file of any language, and for no file that was not prepared', async () => {
    const graph = await preparedGraph({ 'a.ts': `import './b'`, 'b.ts': '', 'n.txt': 'x' }, ['a.ts', 'n.txt']);
    expect(graph.digestOf('n.txt')).to.match(/^sha256:[0-9a-f]{64}$/);
    expect([graph.isPrepared('a.ts'), graph.isPrepared('b.ts')]).to.deep.equal([true, false]);
    expect(() => graph.digestOf('b.ts')).to.throw(TypeError, 'b.ts');
  });

  for (const [shape, last] of [
    ['row', undefined],
    ['circle', 0],
  ] as const)
    it(`is made without recursion, of 20,000 files in a ${shape}`, async function () {
      this.timeout(20_000);
      const names = Array.from({ length: 20_000 }, (_, number) => `f${number}.py`);
      const graph = new ImportGraph(chainOf(names.length, last), { ambient: [] });
      await graph.prepare(names);
      const digests = new Set(names.map((name) => graph.digestOf(name)));
      expect(digests.size).to.equal(last === undefined ? 20_000 : 1);
      const culprit = graph.culprits(new Set(['f19999.py']));
      expect(names.filter((name) => culprit(name) !== undefined).length).to.equal(last === undefined ? 19_999 : 20_000);
      const memo = new Map<unknown, boolean>();
      expect(names.every((name) => graph.stillHolds(name, () => true, memo))).to.equal(true);
    });
});

describe('what changed of all that a file depends on', () => {
  it('names a changed path that the file depends on exactly where there is one', async () => {
    const all = [...SOURCES, 'tsconfig.json', 'package.json', 'd', 'd/package.json', 'gone.ts', '.'];
    await fc.assert(
      fc.asyncProperty(codebase, fc.subarray(all), async (files, changed) => {
        const graph = await preparedGraph(files);
        const culprit = graph.culprits(new Set(changed));
        for (const path of sourcesOf(files)) {
          const list = (await graph.follow(path)).dependencies.map(pathOf);
          const others = changed.filter((name) => list.includes(name)).sort();
          if (others.length > 0) expect(culprit(path), path).to.equal(others[0]);
          else expect(culprit(path) ?? path, path).to.equal(path);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is the file itself only where it is reached through a circle', async () => {
    const files = { 'a.ts': `import './b'`, 'b.ts': `import './a'`, 'c.ts': `import './a'` };
    const graph = await preparedGraph(files);
    expect(['a.ts', 'b.ts', 'c.ts', 'd.ts'].map(graph.culprits(new Set(['a.ts', 'c.ts'])))).to.deep.equal([
      'a.ts',
      'a.ts',
      'a.ts',
      undefined,
    ]);
    expect(graph.culprits(new Set(['c.ts']))('c.ts')).to.equal(undefined);
  });
});

describe('whether all that a file depends on still holds', () => {
  it('agrees with a check of the whole list, and asks about each dependency once', async () => {
    await fc.assert(
      fc.asyncProperty(codebase, fc.func(fc.nat(11)), async (files, random) => {
        const graph = await preparedGraph(files);
        const holds = (dependency: Dependency): boolean => random(dependency.kind, pathOf(dependency)) > 0;
        const asked: Dependency[] = [];
        const memo = new Map<unknown, boolean>();
        const own = new Map([...graph.looks()].map((look) => [`${look.kind} ${look.path}`, look]));
        for (const path of sourcesOf(files)) {
          const list = [...(await graph.follow(path)).dependencies, own.get(`content ${path}`)!];
          const found = graph.stillHolds(path, (one) => (asked.push(one), holds(one)), memo);
          expect(found, path).to.equal(list.every(holds));
        }
        expect(new Set(asked).size).to.equal(asked.length);
      }),
      { numRuns: 150 },
    );
  });

  it('looks are all that was noted, each once', async () => {
    const graph = await preparedGraph({ 'a.ts': `import './b'`, 'b.ts': `import './c'` });
    const names = [...graph.looks()].map(({ kind, path }) => `${kind} ${path}`);
    expect(names).to.include.members(['content a.ts', 'content b.ts', 'absent c.ts']);
    expect(names.length).to.equal(new Set(names).size);
  });
});
