import { expect } from 'chai';
import type { ErrorObject } from 'ajv';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { newAjv, validatorOf } from '../../scripts/generate-validators.js';
import { CHECKS, type SchemaCheck } from '../../src/schema/checks.js';
import { readSchema, SCHEMA_NAMES, type SchemaName } from '../../src/schema/schema-files.js';
import * as good from './documents.js';

const DOCUMENTS: Readonly<Record<SchemaName, unknown>> = {
  analysis: good.goodAnalysis,
  analyzeOutput: good.goodAnalyzeOutput,
  config: good.goodConfig,
  epoch: good.goodEpoch,
  execOutput: {
    ...good.goodAnalyzeOutput,
    exitCode: 1,
    calls: [{ files: 2, durationMs: 1, exitCode: 0, problem: null }],
  },
  fileHashes: good.goodFileHashes,
  planOutput: good.goodPlanOutput,
  resultRecord: good.goodRecord,
  sharedRecord: good.goodSharedRecord,
};

const LENGTHS = [64, 128, 512, 4096, 32767];
/** What a place of a document may hold instead: values at the edges of types, lengths, ranges and patterns. */
const EDGES: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 0.5, 1024, 1025, 1e12, 1e12 + 1, Infinity, NaN],
  ...[[], {}, [null], [''], { kind: 'content' }, { '': '' }],
  ...['', '.', '..', '/etc', '../a', 'a/../b', './a', 'a//b', 'C:/a', 'a\\b', 'a\u0000b', 'a\nb'],
  ...['sha256:', `sha256:${'0'.repeat(64)}`, 'xxh64:44bc2cf5ad770999', 'md5:0', 'A'.repeat(32), 'a'.repeat(32)],
  ...['2026-11-20T10:15:00Z', '2026-11-20t10:15:00z', '2026-11-20T10:15:00+01:00', '2026-11-20T10:15Z'],
  ...['2026-13-41T25:61:61Z', '9999-19-39T23:59:60Z', '0000-00-00T00:00:00.0Z', '2026-02-31T10:15:00Z'],
  ...LENGTHS.flatMap((length) => ['x', '𝒳', '\ud800'].flatMap((x) => [x.repeat(length), x.repeat(length + 1)])),
];

const ACTS = ['replace', 'remove', 'add', 'move', 'lengthen', 'shorten'] as const;

interface Change {
  /** Which of the places of the document. */
  readonly place: number;
  readonly act: (typeof ACTS)[number];
  readonly name?: string;
  readonly value?: unknown;
}

const changes = fc.array(
  fc.record<Change>({
    place: fc.nat(1_000),
    act: fc.constantFrom(...ACTS),
    name: fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'toString', 'kind', 'path', 'hash', 'a~b/c', '/abs', '..', ''),
      fc.string(),
    ),
    value: fc.oneof(fc.constantFrom(...EDGES), fc.jsonValue()),
  }),
  { minLength: 1, maxLength: 4 },
);

describe('the validators made ahead of time', () => {
  for (const name of SCHEMA_NAMES) {
    const fresh: SchemaCheck = newAjv().compile(readSchema(name));
    const document = DOCUMENTS[name];

    it(`${name}: every single change gets the answer and the explanation of ajv that compiles the schema now`, () => {
      let refused = 0;
      let accepted = 0;
      for (const change of everyChange(document)) {
        const value = edited(document, change);
        const answer = answerOf(CHECKS[name], value);
        if (!isDeepStrictEqual(answer, answerOf(fresh, value))) expect(answer).to.deep.equal(answerOf(fresh, value));
        if (answer === undefined) accepted++;
        else refused++;
      }
      expect(refused).to.be.above(40);
      expect(accepted).to.be.above(2);
    });

    it(`${name}: so do several changes at once`, () => {
      fc.assert(
        fc.property(changes, (edits) => {
          const value = edits.reduce(edited, document);
          expect(answerOf(CHECKS[name], value)).to.deep.equal(answerOf(fresh, value));
        }),
        { numRuns: 500 },
      );
    });

    it(`${name}: so does any value in place of a document`, () => {
      for (const value of [undefined, ...EDGES])
        expect(answerOf(CHECKS[name], value)).to.deep.equal(answerOf(fresh, value));
    });
  }

  it('stay the same code when only a description changes', () => {
    const schema = (description: string, name: string): object => ({
      title: description,
      description,
      properties: { [name]: { description, enum: ['title'] } },
      additionalProperties: false,
      type: 'object',
    });
    const code = validatorOf({ ...schema('Before.', 'description') });
    expect(validatorOf({ ...schema('After.', 'description') })).to.equal(code);
    expect(validatorOf({ ...schema('Before.', 'title') })).not.to.equal(code);
  });

  it('are loaded without ajv itself, and nothing is compiled from strings', () => {
    const module = fileURLToPath(new URL('../../src/schema/validate.ts', import.meta.url));
    const script = `const { createRequire } = await import('node:module');
      const { loadValidators } = await import(${JSON.stringify(module)});
      const { config } = await loadValidators();
      const loaded = Object.keys(createRequire(${JSON.stringify(module)}).cache).filter((file) => /[\\\\/]ajv/.test(file));
      console.log(JSON.stringify([config({ concurrency: 0 }), loaded.filter((file) => !/[\\\\/](runtime|formats)\\b/.test(file))]));`;
    const output = execFileSync(
      process.execPath,
      ['--disallow-code-generation-from-strings', '--import', 'tsx', '--input-type=module', '-e', script],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(output)).to.deep.equal(['/concurrency must be >= 1', []]);
  });
});

/** What was found, as ajv tells it, or undefined. */
function answerOf(check: SchemaCheck, value: unknown): readonly ErrorObject[] | undefined {
  return check(value) ? undefined : structuredClone(check.errors ?? []);
}

function* everyChange(document: unknown): Generator<Change> {
  for (const place of [...placesOf(document)].keys()) {
    for (const value of EDGES) yield { place, act: 'replace', value };
    for (const act of ['remove', 'lengthen', 'shorten'] as const) yield { place, act };
    for (const name of ['__proto__', 'extra', '/abs']) yield { place, act: 'add', name, value: null };
  }
}

/** The document with one change, made to a copy. */
function edited(document: unknown, { place, act, name = '', value }: Change): unknown {
  const copy = structuredClone(document);
  const places = [...placesOf(copy)];
  const [holder, member] = places[place % places.length] ?? [];
  if (holder === undefined || member === undefined) return value;
  const inner = holder[member];
  if (act === 'remove') Reflect.deleteProperty(holder, member);
  else if (act === 'add' && isObject(inner)) put(inner, name, value);
  else if (act === 'move') put(holder, name, inner);
  else if (act === 'lengthen' && typeof inner === 'string') put(holder, member, inner + (inner.at(-1) ?? 'x'));
  else if (act === 'shorten' && typeof inner === 'string') put(holder, member, inner.slice(1));
  else put(holder, member, value);
  return copy;
}

/** Every object and array of the value with every name or index in it. */
function* placesOf(value: unknown): Generator<readonly [Record<string, unknown>, string]> {
  if (!isObject(value)) return;
  for (const member of Object.keys(value)) {
    yield [value, member];
    yield* placesOf(value[member]);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Also `__proto__` becomes a member of its own, as in parsed JSON. */
function put(holder: Record<string, unknown>, member: string, value: unknown): void {
  Object.defineProperty(holder, member, { value, enumerable: true, configurable: true, writable: true });
}
