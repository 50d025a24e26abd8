import { expect } from 'chai';
import { findFormat } from '../../../../src/analyzers/exec/formats/find-format.js';
import { FORMAT_NAMES } from '../../../../src/analyzers/exec/formats/report-format.js';

describe('findFormat', () => {
  it('finds every format by its name', () => {
    for (const name of FORMAT_NAMES) {
      const options = name === 'json' || name === 'ndjson' ? { pathField: 'path' } : {};
      expect(findFormat(name, options).name).to.equal(name);
    }
  });

  const refused: readonly (readonly [string, object, RegExp])[] = [
    ['eslnt-json', {}, /no report format "eslnt-json" \(did you mean "eslint-json"\?\)/],
    ['__proto__', {}, /Known: eslint-json, ruff-json/],
    ['json', {}, /needs the name of the field/],
    ['ndjson', { pathField: '' }, /needs the name of the field/],
    ['ndjson', { pathField: 'a', list: '/b' }, /no list to point at/],
    ['sarif', { pathField: 'a' }, /name no field/],
    ['json', { pathField: 'a', list: 'results' }, /JSON pointer such as "\/results"/],
  ];
  for (const [name, options, message] of refused) {
    it(`refuses ${name} with ${JSON.stringify(options)}`, () => {
      expect(() => findFormat(name, options))
        .to.throw(message)
        .with.property('code', 'CACHE_USAGE');
    });
  }
});
