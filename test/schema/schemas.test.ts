import { Ajv } from 'ajv';
import { expect } from 'chai';
import { readSchema, SCHEMA_NAMES, type SchemaNode } from '../../src/schema/schema-files.js';

describe('schemas', () => {
  for (const name of SCHEMA_NAMES) {
    const schema = readSchema(name);

    it(`${name} is a JSON Schema that ajv takes in strict mode`, () => {
      const ajv = new Ajv({ strict: true, formats: { 'date-time': true } });
      expect(() => ajv.compile(schema)).not.to.throw();
    });

    it(`${name} describes every field`, () => {
      for (const [place, node] of fieldsOf(schema, '')) expect(node.description, place).to.match(/\S.*\.$/);
    });

    it(`${name} states a unit in every field that has one in its name`, () => {
      const units: Readonly<Record<string, RegExp>> = { Ms: /millisecond/, Bytes: /byte/, Days: /day/ };
      for (const [place, { description }] of fieldsOf(schema, '')) {
        for (const [ending, unit] of Object.entries(units))
          if (place.endsWith(ending)) expect(description, place).to.match(unit);
      }
    });

    it(`${name} is named by a URN, without a host`, () => {
      expect((schema as { $id?: string }).$id).to.match(/^urn:documee:schema:[a-z-]+:1$/);
    });
  }
});

type Described = SchemaNode & { readonly description?: string };

function* fieldsOf(node: SchemaNode, place: string): Generator<readonly [string, Described]> {
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    yield [`${place}/${name}`, field];
    yield* fieldsOf(field, `${place}/${name}`);
  }
  for (const [name, definition] of Object.entries(node.definitions ?? {})) yield* fieldsOf(definition, `#${name}`);
}
