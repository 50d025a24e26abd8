import { expect } from 'chai';
import fc from 'fast-check';
import { findFormat } from '../../../../src/analyzers/exec/formats/find-format.js';
import { FORMAT_NAMES } from '../../../../src/analyzers/exec/formats/report-format.js';
import { CacheError } from '../../../../src/model/errors.js';
import type { JsonValue } from '../../../../src/model/json.js';
import { contextFor, joined, kept, output } from './harness.js';

/** Names that a format gives a meaning to, and some that JavaScript does. */
const NAMES = [
  ...['filePath', 'messages', 'errorCount', 'filename', 'message', 'path', 'list', 'version', 'runs', 'tool', 'driver'],
  ...[
    'name',
    'rules',
    'results',
    'locations',
    'physicalLocation',
    'artifactLocation',
    'uri',
    'uriBaseId',
    'index',
    'artifacts',
  ],
  ...[
    'location',
    'invocations',
    'executionSuccessful',
    'toolExecutionNotifications',
    'ruleIndex',
    'ruleId',
    'rule',
    'extensions',
  ],
  ...[
    'toolComponent',
    'originalUriBaseIds',
    'codeFlows',
    'threadFlows',
    'logicalLocations',
    'automationDetails',
    'descriptor',
  ],
  ...['__proto__', 'constructor', 'toString', 'length', '0'],
];
const leaf = fc.constantFrom<JsonValue>(
  null,
  true,
  0,
  1,
  -1,
  0.5,
  '',
  'a.ts',
  '2.1.0',
  '/',
  'file:///%',
  '../x',
  '__proto__',
  'T',
);

const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 7 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries)),
  ),
}));

const finding = fc.tuple(value, value).map(([one, other]) => ({
  ...{ filePath: 'a.ts', filename: 'a.ts', path: 'a.ts', message: one, messages: [one] },
  locations: [{ physicalLocation: { artifactLocation: { uri: 'a.ts', index: 0 } }, more: other }],
  ...{ ruleId: 'r', ruleIndex: 0, rule: one, codeFlows: other, errorCount: other },
}));
const run = fc.tuple(fc.array(finding, { maxLength: 2 }), value, value).map(([results, one, other]) => ({
  tool: { driver: { name: 'T', rules: one }, extensions: other },
  results,
  artifacts: [{ location: one }],
  originalUriBaseIds: other,
}));
const report = fc.oneof(
  value,
  fc.array(finding),
  fc.array(run).map((runs) => ({ version: '2.1.0', runs })),
);

describe('a hostile report', () => {
  for (const name of FORMAT_NAMES) {
    it(`of format ${name} is refused as unreadable, or split into parts that can be kept and joined`, () => {
      const format = findFormat(name, name === 'json' || name === 'ndjson' ? { pathField: 'path' } : {});
      fc.assert(
        fc.property(report, fc.constantFrom(0, 1, 2), value, (document, exitCode, kept_) => {
          const context = contextFor(['a.ts']);
          try {
            const { parts } = format.split(output(JSON.stringify(document), exitCode), context);
            joined(format, kept(parts), context);
            expect(format.exitCode(kept(parts), context)).to.be.within(0, 2);
          } catch (error) {
            expect(error).to.be.instanceOf(CacheError).with.property('code', 'CACHE_REPORT_UNREADABLE');
          }
          // A part that somebody edited is printed as something, and breaks nothing.
          joined(format, [[context.files[0]!, kept_]], context);
          expect(({} as { path?: unknown }).path).to.equal(undefined);
        }),
        { numRuns: 300 },
      );
    });
  }
});
