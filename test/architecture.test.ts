import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';

const SRC = path.resolve(import.meta.dirname, '../src');

/** What each part of the house may import, besides itself. Read from the bottom: imports point down only. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  // L0: no domain above
  model: [],
  util: ['model'],
  schema: ['model', 'util'],
  // L1: skills that do not know each other
  scan: ['model', 'util', 'schema'],
  codec: ['model', 'util', 'schema'],
  store: ['model', 'util', 'schema', 'codec'],
  // For people who write a driver: nothing in the house imports it.
  testing: ['model', 'util', 'schema', 'codec', 'store'],
  analyzers: ['model', 'util', 'schema'],
  config: ['model', 'util', 'schema'],
  // L2: the policy
  plan: ['model', 'util'],
  run: ['model', 'util', 'schema', 'scan'],
  persistence: ['model', 'util', 'schema', 'codec', 'store', 'plan'],
  share: ['model', 'util', 'schema', 'codec', 'store', 'plan', 'persistence'],
  session: [
    'model',
    'util',
    'schema',
    'codec',
    'scan',
    'store',
    'analyzers',
    'config',
    'plan',
    'run',
    'persistence',
    'share',
  ],
  // L3: the story
  'analyze-codebase.ts': ['model', 'util', 'scan', 'store', 'plan', 'persistence', 'session'],
  watch: ['analyze-codebase.ts', 'model', 'util', 'scan', 'session'],
  'index.ts': [
    'store',
    'share',
    'analyze-codebase.ts',
    'watch',
    'model',
    'util',
    'analyzers',
    'config',
    'plan',
    'run',
    'persistence',
    'session',
  ],
  // L4: sees only the front door
  cli: ['index.ts'],
};

/** Parts that may touch the disk without the port, and what for. */
const DISK_WITHOUT_PORT: Record<string, string> = {
  'util/fs/port.ts': 'it is the port',
  'util/tool.ts': "the package's own manifest",
  'watch/native-watch.ts': 'events of the operating system',
  'scan/stat-worker.ts': 'one lstat, in a thread that starts sooner without the port',
  'schema/schema-files.ts': "the package's own schemas",
  'cli/bin.ts': "the package's own manifest, before anything is loaded",
};

interface ImportLine {
  readonly file: string;
  readonly target: string;
}

function sourceFiles(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
}

function importsOf(file: string, { types } = { types: true }): string[] {
  const whole = fs.readFileSync(path.join(SRC, file), 'utf8');
  const text = types ? whole : whole.replace(/^import type [^;]*;/gm, '');
  return Array.from(text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g), ([, target]) => target as string);
}

const files = sourceFiles(SRC).map((file) => file.split(path.sep).join('/'));
/** The text of a file without its comments. */
const codeOf = (file: string): string =>
  fs.readFileSync(path.join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
const partOf = (file: string): string => file.split('/', 1)[0] as string;
const inner: ImportLine[] = files.flatMap((file) =>
  importsOf(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => ({
      file,
      target: path.posix.normalize(path.posix.join(path.posix.dirname(file), target)).replace(/\.js$/, '.ts'),
    })),
);

describe('architecture', () => {
  it('every part of src is a known part of the house', () => {
    expect([...new Set(files.map(partOf))].filter((part) => !(part in MAY_IMPORT))).to.deep.equal([]);
  });

  it('imports point down only', () => {
    const wrong = inner
      .filter(({ file, target }) => partOf(file) !== partOf(target) && !target.startsWith('..'))
      .filter(({ file, target }) => !(MAY_IMPORT[partOf(file)] ?? []).includes(partOf(target)))
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).to.deep.equal([]);
  });

  it('nothing in src imports from outside of src', () => {
    expect(inner.filter(({ target }) => target.startsWith('..'))).to.deep.equal([]);
  });

  it('the disk is reached through the port in util/fs/port.ts only', () => {
    const disk = /^(node:)?(fs|fs\/promises|fs-extra|graceful-fs)$/;
    const wrong = files.filter(
      (file) => !(file in DISK_WITHOUT_PORT) && importsOf(file, { types: false }).some((target) => disk.test(target)),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('the pure parts know no file, no clock and no promise', () => {
    const effects = /\b(async|await|Promise|Date|performance|process|setTimeout)\b|node:(?!crypto)/;
    const pure = files.filter((file) => partOf(file) === 'plan');
    expect(pure.filter((file) => effects.test(codeOf(file)))).to.deep.equal([]);
  });

  it('names of stored documents are spelled in persistence/layout.ts only', () => {
    const names = /['"`/](analysis\.json|file_hashes\.json|scan-cache\.bin|versions|epochs)(['"]|\/\$|`)/;
    const wrong = files.filter(
      (file) => file !== 'persistence/layout.ts' && partOf(file) === 'persistence' && names.test(codeOf(file)),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('nothing in the library prints or ends the process', () => {
    const wrong = files.filter(
      (file) =>
        // A worker takes process.exit away from analyzers.
        partOf(file) !== 'cli' &&
        file !== 'run/worker.ts' &&
        /\bconsole\.|process\.(exit|stdout|stderr)\b/.test(fs.readFileSync(path.join(SRC, file), 'utf8')),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('no module awaits at its top, so that CommonJS can require the library', () => {
    const wrong = files.filter(
      (file) => partOf(file) !== 'cli' && /^(const .*= )?await /m.test(fs.readFileSync(path.join(SRC, file), 'utf8')),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('runtime packages are within the budget and each is used', () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(SRC, '../package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const used = new Set(
      files.flatMap((file) => importsOf(file)).map((target) => /^(@[^/]+\/[^/]+|[^./][^/]*)/.exec(target)?.[1]),
    );
    const text = files.map((file) => fs.readFileSync(path.join(SRC, file), 'utf8')).join('\n');
    const unused = Object.keys(manifest.dependencies).filter((name) => !used.has(name) && !text.includes(`'${name}`));
    expect(unused).to.deep.equal([]);
    expect(Object.keys(manifest.dependencies).length).to.be.at.most(16);
  });
});
