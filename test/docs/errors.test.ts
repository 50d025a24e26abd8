import { expect } from 'chai';
import fs from 'node:fs';
import path from 'node:path';
import { ERROR_CODES } from '../../src/model/errors.js';

describe('docs/errors.md', () => {
  it('has a row for every error code and no other', () => {
    const text = fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/errors.md'), 'utf8');
    const rows = Array.from(text.matchAll(/^\| `(CACHE_[A-Z_]+)`\s*\|/gm), ([, code]) => code);
    expect(rows.sort()).to.deep.equal(Object.keys(ERROR_CODES).sort());
  });
});
