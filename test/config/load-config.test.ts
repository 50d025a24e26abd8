import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadConfig, type ConfigFlags, type ConfigSources, type LoadedConfig } from '../../src/config/load-config.js';
import { SETTINGS, type SettingKey } from '../../src/config/settings.js';
import { CacheError } from '../../src/model/errors.js';
import { readSchema } from '../../src/schema/schema-files.js';
import { realFs } from '../../src/util/fs.js';
import { temporaryRoot } from './temporary-root.js';

type Files = Readonly<Record<string, string>>;

function load(files: Files, sources: Partial<ConfigSources> = {}): Promise<LoadedConfig> {
  const root = sources.root ?? temporaryRoot(files);
  return loadConfig({ fs: realFs, environment: {}, currentFolder: root, ...sources, root });
}

async function errorOf(loading: Promise<LoadedConfig>): Promise<CacheError> {
  try {
    await loading;
  } catch (error) {
    if (error instanceof CacheError) return error;
    throw error;
  }
  throw new Error('Expected the configuration to be refused');
}

async function refusal(text: string, file = '.documee/config.yaml'): Promise<string> {
  const error = await errorOf(load({ [file]: text }));
  expect(error.code).to.equal('CACHE_BAD_CONFIG');
  expect(error.message).not.to.include('\n');
  return error.message;
}

describe('loadConfig', () => {
  it('without any source answers the defaults and says so', async () => {
    const root = temporaryRoot();
    const { values, origins, file } = await load({}, { root });
    expect(file).to.equal(undefined);
    expect(values).to.deep.equal({
      codebase: path.basename(root),
      basePath: path.join(root, '.documee/analysis'),
      analyzers: [{ use: 'structure' }],
      include: [],
      exclude: [],
      gitignore: true,
      changeDetection: 'stat',
      contentHash: 'xxh64',
      durability: 'ordered',
      concurrency: os.availableParallelism(),
      limits: { versions: 20 },
      store: 'file',
    });
    const { codebase, ...others } = origins;
    expect(codebase).to.equal('default (folder name)');
    expect(new Set(Object.values(others))).to.deep.equal(new Set(['default']));
  });

  it('every key of the schema is a setting, besides those of stores and remote, and every setting is in the schema', () => {
    const { properties = {} } = readSchema('config');
    const keys = Object.entries(properties).flatMap(([key, { properties: nested }]) =>
      nested === undefined ? [key] : Object.keys(nested).map((inner) => `${key}.${inner}`),
    );
    const others = /^(\$schema|store|stores\..*|remote)$/;
    expect(SETTINGS.map(({ key }) => key)).to.have.members(keys.filter((key) => !others.test(key)));
  });

  describe('precedence', () => {
    const FILE = `codebase: from-file
basePath: from-file
analyzers: [from-file]
include: ['file/**']
exclude: ['file/**']
gitignore: false
changeDetection: content
contentHash: sha256
durability: full
concurrency: 7
limits:
  versions: 3
  maxAgeDays: 1.5
  maxSizeBytes: 1000
`;
    type PlainFlags = Omit<ConfigFlags, 'store' | 'remote' | 'remoteMode' | 'remoteScope'>;
    const FLAGS: PlainFlags = {
      codebase: 'from-flag',
      basePath: 'from-flag',
      analyzers: ['from-flag'],
      include: ['flag/**'],
      exclude: ['flag/**'],
      gitignore: true,
      changeDetection: 'stat',
      contentHash: 'xxh64',
      durability: 'ordered',
      concurrency: 9,
    };
    const FLAG_NAMES: Readonly<Record<keyof PlainFlags, string>> = {
      codebase: '--codebase',
      basePath: '--base-path',
      analyzers: '--analyzer',
      include: '--include',
      exclude: '--exclude',
      gitignore: '--no-gitignore',
      changeDetection: '--change-detection',
      contentHash: '--content-hash',
      durability: '--durability',
      concurrency: '--concurrency',
    };
    const valueAt = ({ values }: LoadedConfig, key: string): unknown =>
      key.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], values);

    for (const [index, { key }] of SETTINGS.entries()) {
      it(`${key}: the file wins over the default, and its line is named`, async () => {
        const [before, after] = [await load({}), await load({ '.documee/config.yaml': FILE })];
        expect(valueAt(after, key)).not.to.deep.equal(valueAt(before, key));
        const line = index + (key.startsWith('limits.') ? 2 : 1);
        expect(after.origins[key]).to.equal(`file .documee/config.yaml:${line}`);
      });
    }

    for (const key of Object.keys(FLAGS) as (keyof PlainFlags)[]) {
      it(`${key}: the flag wins over environment and file, alone`, async () => {
        const sources = { flags: { [key]: FLAGS[key] }, environment: { DOCUMEE_BASE_PATH: 'from-env' } };
        const loaded = await load({ '.documee/config.yaml': FILE }, sources);
        expect(loaded.origins[key]).to.equal(`flag ${FLAG_NAMES[key]}`);
        expect(JSON.stringify(valueAt(loaded, key))).to.include(JSON.stringify(FLAGS[key]).replace(/[[\]"]/g, ''));
        const others = SETTINGS.filter((setting) => setting.key !== key && setting.key !== 'basePath');
        for (const other of others) expect(loaded.origins[other.key]).to.match(/^file /);
      });
    }

    it('basePath: the environment wins over the file', async () => {
      const root = temporaryRoot({ '.documee/config.yaml': FILE });
      const { values, origins } = await load({}, { root, environment: { DOCUMEE_BASE_PATH: 'from-env' } });
      expect(values.basePath).to.equal(path.join(root, 'from-env'));
      expect(origins.basePath).to.equal('environment DOCUMEE_BASE_PATH');
    });

    it('an empty DOCUMEE_BASE_PATH and a flag that is undefined say nothing', async () => {
      const { origins } = await load({}, { environment: { DOCUMEE_BASE_PATH: '' }, flags: { basePath: undefined } });
      expect(origins.basePath).to.equal('default');
    });

    it('a flag is relative to the current folder, a file to the root', async () => {
      const root = temporaryRoot({
        'sub/.documee/config.yaml':
          'basePath: cache\nanalyzers: [structure, ./x.js, {use: tools/y.mjs, options: {a: 1}}]\n',
      });
      const { values } = await load({}, { root: 'sub', currentFolder: root });
      expect(values.basePath).to.equal(path.join(root, 'sub/cache'));
      expect(values.analyzers).to.deep.equal([
        { use: 'structure' },
        { use: path.join(root, 'sub/x.js') },
        { use: path.join(root, 'sub/tools/y.mjs'), options: { a: 1 } },
      ]);
      const flags = { basePath: 'cache', analyzers: ['./x.js'] };
      const flagged = await load({}, { root: 'sub', currentFolder: root, flags });
      expect(flagged.values.basePath).to.equal(path.join(root, 'cache'));
      expect(flagged.values.analyzers).to.deep.equal([{ use: path.join(root, 'x.js') }]);
    });
  });

  describe('where CI is set', () => {
    for (const CI of ['true', '1', 'yes']) {
      it(`CI=${CI}: contents are compared, and the origin says why`, async () => {
        const { values, origins } = await load({}, { environment: { CI } });
        expect(values.changeDetection).to.equal('content');
        expect(origins.changeDetection).to.equal('default (CI is set)');
      });
    }
    for (const CI of ['', 'false', '0', undefined]) {
      it(`CI=${String(CI)} is no CI`, async () => {
        expect((await load({}, { environment: { CI } })).values.changeDetection).to.equal('stat');
      });
    }
    it('a file and a flag still decide', async () => {
      const files = { '.documee/config.yaml': 'changeDetection: stat\n' };
      expect((await load(files, { environment: { CI: '1' } })).values.changeDetection).to.equal('stat');
      const flags = { changeDetection: 'stat' } as const;
      expect((await load({}, { environment: { CI: '1' }, flags })).values.changeDetection).to.equal('stat');
    });
  });

  describe('places', () => {
    const PLACES: readonly (readonly [string, string])[] = [
      ['.documee/config.yaml', 'codebase: found\n'],
      ['documee.config.yaml', 'codebase: found\n'],
      ['documee.config.yml', 'codebase: found\n'],
      ['documee.config.json', '{ "codebase": "found" }'],
      ['package.json', '{ "name": "p", "documee": { "codebase": "found" } }'],
    ];
    for (const [index, [place, text]] of PLACES.entries()) {
      it(`${place} is found, and wins over the ones after it`, async () => {
        const later = PLACES.slice(index + 1).map(([name, other]) => [name, other.replace('found', 'later')]);
        const { values, origins } = await load({ [place]: text, ...(Object.fromEntries(later) as Files) });
        expect(values.codebase).to.equal('found');
        expect(origins.codebase).to.equal(`file ${place === 'package.json' ? 'package.json#documee' : place}:1`);
      });
    }

    it('--config wins over all places', async () => {
      const files = { 'mine.yaml': 'codebase: mine\n', '.documee/config.yaml': 'codebase: other\n' };
      const { values, file } = await load(files, { configFile: 'mine.yaml' });
      expect([values.codebase, file]).to.deep.equal(['mine', 'mine.yaml']);
    });

    it('there is no search upward', async () => {
      const root = temporaryRoot({ 'documee.config.yaml': 'codebase: above\n', 'sub/x.ts': '' });
      expect((await load({}, { root: path.join(root, 'sub') })).file).to.equal(undefined);
    });

    it('a --config that does not exist is an error that says so', async () => {
      const error = await errorOf(load({}, { configFile: 'missing.yaml' }));
      expect(error.code).to.equal('CACHE_BAD_CONFIG');
      expect(error.message).to.equal(
        'missing.yaml: this configuration file does not exist. Give another with --config.',
      );
    });

    it('a package.json given by --config must have a member documee', async () => {
      const error = await errorOf(load({ 'package.json': '{"name":"x"}' }, { configFile: 'package.json' }));
      expect(error.message).to.match(/has no member "documee"/);
    });

    it('a broken package.json is an error only if it speaks of documee', async () => {
      expect((await load({ 'package.json': '{"name": ' })).file).to.equal(undefined);
      expect(await refusal('{\n  "documee": {\n    "codebase" "x"\n', 'package.json')).to.match(
        /^package\.json:3:16: /,
      );
    });

    it('a folder in the place of a file is an error, not a crash', async () => {
      const error = await errorOf(load({ 'documee.config.yaml/x': '' }));
      expect(error.message).to.match(/^documee\.config\.yaml:1:1: not a regular file/);
    });

    it('a link that leads out of the root is refused, one inside is followed', async function () {
      if (process.platform === 'win32') this.skip();
      const outside = temporaryRoot({ 'secret.yaml': 'password: hunter2\n' });
      const root = temporaryRoot({ 'shared.yaml': 'codebase: linked\n' });
      fs.symlinkSync(path.join(outside, 'secret.yaml'), path.join(root, 'documee.config.yaml'));
      const { message } = await errorOf(load({}, { root }));
      expect(message)
        .to.match(/^documee\.config\.yaml:1:1: a link that leads out/)
        .and.not.to.include('hunter2');
      fs.unlinkSync(path.join(root, 'documee.config.yaml'));
      fs.symlinkSync('shared.yaml', path.join(root, 'documee.config.yaml'));
      expect((await load({}, { root })).values.codebase).to.equal('linked');
    });
  });

  describe('files that say little', () => {
    for (const [what, text] of Object.entries({
      'an empty file': '',
      'a file of comments': '# nothing\n\n# here\n',
      'an explicit null': 'null\n',
      'an empty mapping': '{}\n',
      'a document mark': '---\n',
    })) {
      it(`${what} is an empty configuration`, async () => {
        const { values, file } = await load({ '.documee/config.yaml': text });
        expect(file).to.equal('.documee/config.yaml');
        expect(values.limits).to.deep.equal({ versions: 20 });
      });
    }

    it('Windows line endings and a byte-order mark change neither values nor lines', async () => {
      const yaml = '\ufeff# comment\r\ncodebase: shop\r\ninclude:\r\n  - src/**\r\nlimits:\r\n  versions: 4\r\n';
      const { values, origins } = await load({ '.documee/config.yaml': yaml });
      expect([values.codebase, values.include, values.limits.versions]).to.deep.equal(['shop', ['src/**'], 4]);
      expect(origins['limits.versions']).to.equal('file .documee/config.yaml:6');
      const json = await load({ 'documee.config.json': '\ufeff{\r\n  "codebase": "shop"\r\n}\r\n' });
      expect(json.origins.codebase).to.equal('file documee.config.json:2');
    });

    it('`no` stays a word and is no false', async () => {
      expect(await refusal('gitignore: no\n')).to.equal(
        '.documee/config.yaml:1:12: gitignore must be boolean, found a string.',
      );
    });

    it('an alias stands for what it names', async () => {
      const { values } = await load({ '.documee/config.yaml': 'include: &all [src/**]\nexclude: *all\n' });
      expect(values.exclude).to.deep.equal(['src/**']);
    });
  });

  describe('errors name file, line and column', () => {
    const YAML: Readonly<Record<string, readonly [text: string, message: string]>> = {
      'a key with a typo': [
        '# x\nanalysers: []\n',
        '2:1: unknown key "analysers" (did you mean "analyzers"?). Known here: ',
      ],
      'a nested key with a typo': [
        'limits:\n  version: 3\n',
        '2:3: unknown key "limits.version" (did you mean "versions"?). Known here: versions, maxAgeDays, maxSizeBytes.',
      ],
      'a key of an analyzer with a typo': [
        'analyzers:\n  - use: x\n    option: {}\n',
        '3:5: unknown key "analyzers[0].option" (did you mean "options"?). Known here: use, options.',
      ],
      'a key like no other': ['zzz: 1\n', '1:1: unknown key "zzz". Known here: '],
      'a key called __proto__': ['codebase: x\n__proto__:\n  gitignore: false\n', '2:1: unknown key "__proto__". '],
      'a key called constructor': ['constructor: 1\n', '1:1: unknown key "constructor". '],
      'a list in place of a mapping': ['- a\n- b\n', '1:1: must be a mapping of keys to values, found a list.'],
      'a word in place of a mapping': ['structure\n', '1:1: must be a mapping of keys to values, found a string.'],
      'a value of the wrong type': ['\nconcurrency: many\n', '2:14: concurrency must be integer, found a string.'],
      'a value that is too small': ['limits: { versions: 0 }\n', '1:21: limits.versions must be >= 1.'],
      'a value with a typo': [
        'changeDetection: contents\n',
        '1:18: changeDetection must be "stat" or "content" (did you mean "content"?).',
      ],
      'an element of a list': ['include:\n  - src/**\n  - 5\n', '3:5: include[1] must be string, found a number.'],
      'an analyzer that is a number': [
        'analyzers: [5]\n',
        '1:13: analyzers[0] must be a string or a mapping with "use", found a number.',
      ],
      'an analyzer without use': [
        'analyzers:\n  - options: {}\n',
        "2:5: analyzers[0] must have required property 'use'.",
      ],
      'a key without a value': ['codebase: x\nexclude:\n', '2:9: exclude has no value. Give it one or remove the key.'],
      'an id that is not safe': ['codebase: ../x\n', '1:11: codebase: the id has a character that is not allowed'],
      'a duplicate key': [
        'codebase: a\r\ngitignore: true\r\ncodebase: b\r\n',
        '3:1: not valid YAML: Map keys must be unique',
      ],
      'broken YAML': ['include: [a\ncodebase: b\n', '2:1: not valid YAML: '],
      'two documents': ['codebase: a\n---\ncodebase: b\n', '2:1: not valid YAML: '],
      'a tag': ['codebase: !!js/function "x"\n', '1:11: not valid YAML: Unresolved tag'],
      'a key that is a list': ['? [a]\n: 1\n', '1:3: not valid YAML: With stringKeys'],
      'a number that is not finite': [
        'analyzers:\n  - use: x\n    options: { a: .inf }\n',
        '3:19: not a finite number.',
      ],
      'an alias without anchor': ['include: *nothing\n', '1:10: not usable YAML: Unresolved alias'],
      'an alias to itself': ['analyzers:\n  - use: x\n    options: &a { b: *a }\n', '3:22: not usable YAML: '],
      'a merge key': ['limits:\n  <<: { versions: 3 }\n', '2:3: unknown key "limits.<<"'],
    };
    for (const [what, [text, message]] of Object.entries(YAML)) {
      it(`in YAML: ${what}`, async () => {
        expect(await refusal(text)).to.satisfy(
          (found: string) => found.startsWith(`.documee/config.yaml:${message}`),
          message,
        );
      });
    }

    const JSON_CASES: Readonly<Record<string, readonly [text: string, message: string]>> = {
      'a key with a typo': ['{\n  "code_base": "x"\n}', '2:3: unknown key "code_base" (did you mean "codebase"?).'],
      'a value of the wrong type': ['{ "concurrency": "2" }', '1:18: concurrency must be integer, found a string.'],
      'a duplicate key': [
        '{ "gitignore": true,\n"gitignore": false }',
        '2:1: not valid JSON: duplicate key "gitignore"',
      ],
      'a comma too many': [
        '{\n  "gitignore": true,\n}',
        '3:1: not valid JSON: expected a property name in double quotes',
      ],
      'a list': ['[]', '1:1: must be a mapping of keys to values, found a list.'],
      __proto__: ['{ "__proto__": {} }', '1:3: unknown key "__proto__"'],
      'a number that is not finite': [
        '{ "analyzers": [{ "use": "x", "options": { "a": 1e400 } }] }',
        '1:49: not valid JSON: a number that is too large',
      ],
      'no text': ['', '1:1: not valid JSON: the text ends too early'],
      'brackets without end': ['['.repeat(100_000), '1:206: not valid JSON: more than 205 levels'],
    };
    for (const [what, [text, message]] of Object.entries(JSON_CASES)) {
      it(`in JSON: ${what}`, async () => {
        expect(await refusal(text, 'documee.config.json')).to.satisfy(
          (found: string) => found.startsWith(`documee.config.json:${message}`),
          message,
        );
      });
    }

    it('in package.json: lines are those of the whole file', async () => {
      const text = '{\n  "name": "x",\n  "documee": {\n    "exlude": []\n  }\n}\n';
      expect(await refusal(text, 'package.json')).to.match(
        /^package\.json#documee:4:5: unknown key "exlude" \(did you mean "exclude"\?\)/,
      );
    });

    it('facts are fields of the error, too', async () => {
      const error = await errorOf(load({ '.documee/config.yaml': '\n zzz: 1\n' }));
      expect(error.details).to.include({ file: '.documee/config.yaml', line: 2, column: 2 });
    });

    it('bytes that are no UTF-8 are refused', async () => {
      const root = temporaryRoot({ 'documee.config.yaml': Uint8Array.from([0x61, 0xe8, 0x0a]) });
      expect((await errorOf(load({}, { root }))).message).to.match(/^documee\.config\.yaml:1:1: not valid UTF-8/);
    });

    it('__proto__ inside of options is an own property of them', async () => {
      const text = 'analyzers: [{ use: x, options: { __proto__: { polluted: 1 } } }]\n';
      const { values } = await load({ '.documee/config.yaml': text });
      expect(Object.keys(values.analyzers[0]?.options ?? {})).to.deep.equal(['__proto__']);
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
    });
  });

  it('hostile YAML is refused in bounded time', async () => {
    const bomb = ['a0: &a0 [x]'];
    for (let level = 1; level < 12; level++) bomb.push(`a${level}: &a${level} [${`*a${level - 1},`.repeat(9)}]`);
    const texts = {
      bomb: bomb.join('\n'),
      deep: `include: ${'['.repeat(60_000)}`,
      keys: Array.from({ length: 6000 }, (_, index) => `k${index}: 1`).join('\n'),
      quotes: '"'.repeat(60_000),
      long: 'x'.repeat(70_000),
    };
    for (const [what, text] of Object.entries(texts)) {
      const startedAt = performance.now();
      const message = await refusal(text);
      expect(message.length, what).to.be.below(400);
      expect(performance.now() - startedAt, what).to.be.below(10_000);
    }
  });

  describe('${NAME} in basePath', () => {
    const file = { '.documee/config.yaml': 'basePath: ${DOCUMEE_HOME}/cache-${DOCUMEE_X}\n' };

    it('expands names that begin with DOCUMEE_', async () => {
      const environment = { DOCUMEE_HOME: path.resolve('/var/tmp'), DOCUMEE_X: '1' };
      const { values } = await load(file, { environment });
      expect(values.basePath).to.equal(path.resolve('/var/tmp/cache-1'));
    });

    it('a variable that is not set is an error', async () => {
      const { message } = await errorOf(load(file, { environment: { DOCUMEE_HOME: '/x' } }));
      expect(message).to.equal(
        '.documee/config.yaml:1:11: basePath: ${DOCUMEE_X} has no value; set the environment variable DOCUMEE_X.',
      );
    });

    for (const name of ['AWS_SECRET_ACCESS_KEY', 'HOME', 'XDOCUMEE_A', 'documee_a', '', 'DOCUMEE_', 'DOCUMEE_A:-x']) {
      it(`\${${name}} is not expanded, and its value is not shown`, async () => {
        const environment = { [name]: 'hunter2' };
        const error = await errorOf(load({ '.documee/config.yaml': `basePath: 'x/\${${name}}'\n` }, { environment }));
        expect(error.code).to.equal('CACHE_BAD_CONFIG');
        expect(error.message).to.include('only names that begin with DOCUMEE_').and.not.to.include('hunter2');
      });
    }

    it('what an expanded value contains is not expanded again', async () => {
      const environment = { DOCUMEE_HOME: '/${HOME}', DOCUMEE_X: '', HOME: '/root' };
      const yaml = { '.documee/config.yaml': 'basePath: ${DOCUMEE_HOME}\n' };
      expect((await load(yaml, { environment })).values.basePath).to.equal(path.resolve('/${HOME}'));
    });

    it('in other keys it is text', async () => {
      const { values } = await load(
        { '.documee/config.yaml': "exclude: ['${HOME}/**']\n" },
        { environment: { HOME: '/x' } },
      );
      expect(values.exclude).to.deep.equal(['${HOME}/**']);
    });
  });

  describe('flags', () => {
    const BAD: Readonly<Record<string, readonly [flags: ConfigFlags, message: RegExp]>> = {
      '--concurrency 0': [{ concurrency: 0 }, /^--concurrency: concurrency must be >= 1\.$/],
      '--change-detection contet': [
        { changeDetection: 'contet' as 'content' },
        /^--change-detection: .*did you mean "content"/,
      ],
      '--include ""': [{ include: [''] }, /^--include: /],
    };
    for (const [what, [flags, message]] of Object.entries(BAD)) {
      it(`${what} is bad usage, and the message names the flag`, async () => {
        const error = await errorOf(load({}, { flags }));
        expect(error.code).to.equal('CACHE_USAGE');
        expect(error.message).to.match(message);
      });
    }

    it('an id that is not safe is refused with its own code', async () => {
      expect((await errorOf(load({}, { flags: { codebase: '../x' } }))).code).to.equal('CACHE_BAD_CODEBASE_ID');
    });
  });

  it('the configuration of this repository is valid', async () => {
    const { values, file } = await load({}, { root: path.resolve(import.meta.dirname, '../..') });
    expect(file).to.equal('.documee/config.yaml');
    expect(values.analyzers).to.deep.equal([{ use: 'structure' }]);
  });

  it('a setting without a value has no origin', async () => {
    const { origins } = await load({});
    const without = SETTINGS.map(({ key }): SettingKey => key).filter((key) => origins[key] === undefined);
    expect(without).to.deep.equal(['limits.maxAgeDays', 'limits.maxSizeBytes']);
  });
});
