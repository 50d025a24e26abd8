import { Ajv } from 'ajv';
import { expect } from 'chai';
import fs from 'fs-extra';
import {
  IMPORT_KINDS,
  ISSUE_TYPES,
  LANGUAGES,
  PATTERN_TYPES,
  SEVERITIES,
} from '../../../src/analyzers/structure/result.js';
import { analyze } from './support/analyze.js';

interface Schema {
  readonly properties: Readonly<Record<string, { enum?: string[] }>>;
  readonly definitions: Readonly<Record<string, { properties?: Readonly<Record<string, { enum?: string[] }>> }>>;
}

const schema = fs.readJsonSync(new URL('../../../schemas/structure.schema.json', import.meta.url)) as Schema;
const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

describe('schema of structure', () => {
  it('accepts what the analyzer answers in each language', async () => {
    const results = [
      await analyze(
        'py',
        '@a',
        'class A(B):',
        '    """Doc."""',
        '    async def f(self, x) -> int:',
        '        yield x',
        'import os',
      ),
      await analyze(
        'tsx',
        "import React from 'react';",
        '/** Doc. */',
        'export const A = (p: P): E => <b>{p.x}</b>;',
        'f(',
      ),
      await analyze('js', 'function f(a,b,c,d,e,g,h) { if (a) throw b; }'),
    ];
    for (const result of results) expect(validate(result), JSON.stringify(validate.errors)).to.equal(true);
  });

  it('refuses a result without a part of it', async () => {
    expect(validate({ ...(await analyze('py', '')), symbols: {} })).to.equal(false);
  });

  it('lists the same names as the code', () => {
    expect(schema.properties.language?.enum).to.deep.equal([...LANGUAGES]);
    expect(schema.definitions.pattern?.properties?.type?.enum).to.deep.equal([...PATTERN_TYPES]);
    expect(schema.definitions.issue?.properties?.type?.enum).to.deep.equal([...ISSUE_TYPES]);
    expect(schema.definitions.issue?.properties?.severity?.enum).to.deep.equal([...SEVERITIES]);
    expect(schema.definitions.import?.properties?.kind?.enum).to.deep.equal([...IMPORT_KINDS]);
  });
});
