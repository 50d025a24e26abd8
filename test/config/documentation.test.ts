import { expect } from 'chai';
import fs from 'node:fs';
import { parse } from 'yaml';
import { STORE_KINDS } from '../../src/config/store-config.js';
import { loadConfig } from '../../src/config/load-config.js';
import { findFault } from '../../src/schema/validate.js';
import { realFs } from '../../src/util/fs.js';
import { temporaryRoot } from './temporary-root.js';

const PAGE = fs.readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const examples = Array.from(PAGE.matchAll(/^```(yaml|json)\n(.*?)^```$/gms), ([, language = '', text = '']) => ({
  language,
  text,
}));

describe('docs/configuration.md', () => {
  it('every example is valid for the schema that is shipped, and names it for editors', async () => {
    expect(examples.map(({ language }) => language)).to.have.members(['yaml', 'json']);
    for (const { language, text } of examples) {
      const value: unknown = language === 'json' ? JSON.parse(text) : parse(text);
      expect(await findFault('config', value), text).to.equal(undefined);
      const reference = /\$schema"?[=:] ?"?(\S+?)"?,?$/m.exec(text)?.[1];
      expect(reference, text).to.equal('./node_modules/documee/schemas/config.schema.json');
    }
    const file = new URL('../../package.json', import.meta.url);
    const { files } = JSON.parse(fs.readFileSync(file, 'utf8')) as { files: readonly string[] };
    expect(files).to.include('schemas');
  });

  it('every example loads, with the variables that it names', async () => {
    for (const { language, text } of examples) {
      const root = temporaryRoot({ [language === 'json' ? 'documee.config.json' : 'documee.config.yaml']: text });
      const environment = { DOCUMEE_REDIS_PASSWORD: 'x' };
      const { storage } = await loadConfig({ fs: realFs, root, environment });
      expect(storage?.(), text).to.have.nested.property('remote.store');
    }
  });

  it('every kind of store is named', () => {
    for (const kind of STORE_KINDS) expect(PAGE).to.include(`\`stores.${kind}\``);
  });
});
