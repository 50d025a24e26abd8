import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseDocument } from 'yaml';
import { loadConfig, newKeyPair, realFs } from '../../src/index.js';
import { temporaryFolder, writeTree } from '../support/temporary.js';
import { REPOSITORY } from './example-files.js';

const PAGES = ['docs/shared-cache.md', 'docs/stores.md', 'README.md'];
const textOf = (page: string): string => fs.readFileSync(path.join(REPOSITORY, page), 'utf8');

const yamlBlocks = PAGES.flatMap((page) =>
  Array.from(textOf(page).matchAll(/^```yaml\n(.*?)^```$/gms), ([, text = '']) => ({ page, text })),
);
const isConfiguration = (text: string): boolean => /^(?:store|stores|remote|codebase):/m.test(text);

describe('docs: the shared cache', () => {
  it('tools/share.mjs prints what the page says, on the first machine and on the second', async () => {
    const [, code = '', output = ''] =
      /^```js\n\/\/ tools\/share\.mjs\n(.*?)^```\n+```\n(.*?)^```$/ms.exec(textOf(PAGES[0] ?? '')) ?? [];
    const store = `sqlite:${temporaryFolder()}/shared.sqlite`;
    const printed = await machine(code, store);
    expect(printed + (await machine(code, store))).to.equal(output);
  });

  it('every configuration on the pages is valid, with its secrets in the environment', async () => {
    const configurations = yamlBlocks.filter(({ text }) => isConfiguration(text));
    expect(configurations.length).to.be.at.least(3);
    const { privateKey } = newKeyPair();
    for (const { page, text } of configurations) {
      const root = temporaryFolder();
      // A page may name a store that another block has.
      const known = text.includes('store: redis,')
        ? `stores: { redis: { url: 'redis://cache.example:6379/0' } }\n${text}`
        : text;
      writeTree(root, { 'documee.config.yaml': known });
      const environment = { DOCUMEE_REDIS_PASSWORD: 'secret', DOCUMEE_SIGNING_KEY: privateKey.reveal() };
      const config = await loadConfig({ fs: realFs, root, environment, flags: {}, currentFolder: root });
      expect(config.values, page).to.be.an('object');
    }
  });

  it('every other block of YAML is a workflow, or a part of one, without errors', () => {
    const workflows = yamlBlocks.filter(({ text }) => !isConfiguration(text));
    expect(workflows.length).to.be.at.least(3);
    for (const { page, text } of workflows) expect(parseDocument(text).errors, page).to.deep.equal([]);
  });
});

/** A machine of its own: a working copy and a cache. Answers what the code of the page prints there. */
async function machine(code: string, store: string): Promise<string> {
  const root = temporaryFolder();
  const sources = Array.from(
    { length: 8 },
    (_, index) => [`src/f${index}.ts`, `export const n = ${index};\n`] as const,
  );
  writeTree(root, { ...Object.fromEntries(sources), 'package.json': '{ "name": "shop" }' });
  const source = pathToFileURL(path.join(REPOSITORY, 'src/index.ts')).href;
  const here = code
    .replace(`from 'documee'`, `from ${JSON.stringify(source)}`)
    .replace(`root: '.'`, `root: ${JSON.stringify(root)}, include: ['src/**']`)
    .replace(`store: 'redis://127.0.0.1:6379/0'`, `store: ${JSON.stringify(store)}`);
  const tools = temporaryFolder();
  writeTree(tools, {
    'share.mjs': `import { Console } from 'node:console';
import { Writable } from 'node:stream';
export let output = '';
const console = new Console(new Writable({ write: (piece, _, done) => ((output += piece), done()) }));
${here}`,
  });
  const { output } = (await import(pathToFileURL(path.join(tools, 'share.mjs')).href)) as { readonly output: string };
  return output.replaceAll(store, 'redis://127.0.0.1:6379/0');
}
