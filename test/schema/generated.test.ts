import { expect } from 'chai';
import fs from 'node:fs';
import { derivedFiles } from '../../scripts/generate-types.js';

describe('what is derived from schemas/', () => {
  it('is current: npx tsx scripts/generate-types.ts would change nothing', async () => {
    for (const [name, text] of await derivedFiles()) {
      const committed = fs.readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
      expect(committed, name).to.equal(text);
    }
  });

  it('no list in a generated type can be changed in place', async () => {
    for (const [name, text] of await derivedFiles()) {
      if (name.endsWith('.ts')) expect(text, name).not.to.match(/^(?!.*readonly .*\[\]).*\[\];/m);
    }
  });
});
