import { expect } from 'chai';
import fc from 'fast-check';
import { parseDocument } from '../../src/schema/parse-json.js';
import { scanJson } from '../../src/schema/scan-json.js';
import { MAX_JSON_DEPTH } from '../../src/util/canonical-json.js';

const LIMITS = { maxBytes: 64 * 1024 * 1024 };
const STRICT = { ...LIMITS, strict: true };

function problemOf(document: string | Uint8Array, limits: Parameters<typeof parseDocument>[1] = LIMITS): string {
  const parsed = parseDocument(document, limits);
  return parsed.ok ? 'none' : parsed.problem;
}

describe('parseDocument', () => {
  it('answers what JSON.parse answers for a document that is as it should be', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        for (const document of [text, Buffer.from(text)]) {
          const parsed = parseDocument(document, STRICT);
          expect(parsed).to.deep.equal({ ok: true, value: JSON.parse(text) as unknown });
        }
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(parseDocument(bytes, STRICT)).to.have.property('ok');
      }),
    );
  });

  it('refuses a document above the size cap before it is decoded', () => {
    expect(problemOf(Buffer.from('[1234]'), { maxBytes: 5 })).to.equal('it has more than 5 bytes');
    expect(problemOf('[1234]', { maxBytes: 6 })).to.equal('none');
  });

  it('refuses a depth of 100,000 and of 10,000,000 levels in less than a second', () => {
    for (const levels of [100_000, 10_000_000]) {
      const startedAt = performance.now();
      expect(problemOf(Buffer.alloc(levels, '['))).to.match(/levels|not JSON/);
      expect(problemOf('{"a":'.repeat(levels / 2))).to.match(/levels|not JSON/);
      expect(performance.now() - startedAt).to.be.below(1000);
    }
  });

  it('refuses closed brackets that are too deep, in short and in long documents', () => {
    for (const levels of [MAX_JSON_DEPTH + 6, 5000, 50_000]) {
      expect(problemOf('['.repeat(levels) + ']'.repeat(levels)), String(levels)).to.match(/levels/);
    }
    const padded = `{"pad":"${'x'.repeat(70_000)}","deep":${'['.repeat(300)}${']'.repeat(300)}}`;
    expect(problemOf(padded)).to.match(/levels/);
  });

  it('takes the deepest result that an analyzer may answer, inside of a record', () => {
    const deep = `{"result":${'['.repeat(MAX_JSON_DEPTH)}1${']'.repeat(MAX_JSON_DEPTH)}}`;
    expect(problemOf(deep, STRICT)).to.equal('none');
  });

  it('brackets inside of strings are no levels', () => {
    expect(problemOf(JSON.stringify({ a: '[{"\\'.repeat(50_000) }), STRICT)).to.equal('none');
  });

  it('reads a string of 50,000,000 characters', () => {
    expect(problemOf(`"${'x'.repeat(50_000_000)}"`)).to.equal('none');
  });

  for (const [what, text] of Object.entries({
    'at the top': '{"a":1,"b":2,"a":3}',
    nested: '[{"x":{"a":1,"a":1}}]',
    'written as an escape': '{"a":1,"\\u0061":2}',
    'called __proto__': '{"__proto__":1,"__proto__":2}',
  })) {
    it(`strict: refuses a duplicate key ${what}`, () => {
      expect(problemOf(text, STRICT)).to.match(/duplicate key/);
      expect(problemOf(text)).to.equal('none');
    });
  }

  it('strict: the same key in two objects is no duplicate', () => {
    expect(problemOf('[{"a":1},{"a":{"a":2}}]', STRICT)).to.equal('none');
  });

  it('a member called __proto__ is an own property and changes no prototype', () => {
    const parsed = parseDocument('{"__proto__":{"polluted":true}}', STRICT);
    if (!parsed.ok) throw new Error(parsed.problem);
    expect(Object.keys(parsed.value as object)).to.deep.equal(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  for (const number of ['1e400', '-1e400', `1${'0'.repeat(400)}`, '{"a":[0,{"b":1E+999}]}']) {
    it(`refuses the number in ${number.slice(0, 24)}, which is not finite`, () => {
      expect(problemOf(number)).to.match(/too large/);
    });
  }

  it('takes numbers that are small, long or nearly too large', () => {
    expect(problemOf('[1e-400, 1.7976931348623157e308, 12345678901234567890]')).to.equal('none');
  });

  it('refuses a byte-order mark, in bytes and in text', () => {
    expect(problemOf(Buffer.from('\ufeff{}'))).to.match(/byte-order mark/);
    expect(problemOf('\ufeff{}')).to.match(/byte-order mark/);
  });

  for (const [what, bytes] of Object.entries({
    'a Latin-1 letter': [0x22, 0xe8, 0x22],
    'an overlong slash': [0x22, 0xc0, 0xaf, 0x22],
    'an encoded surrogate': [0x22, 0xed, 0xa0, 0x80, 0x22],
    'a cut character': [0x22, 0xe2, 0x82],
  })) {
    it(`refuses ${what}: not valid UTF-8`, () => {
      expect(problemOf(Uint8Array.from(bytes))).to.equal('it is not valid UTF-8');
    });
  }

  it('an escaped lone surrogate survives a round trip', () => {
    const parsed = parseDocument('["\\ud800"]', STRICT);
    expect(parsed.ok && JSON.stringify(parsed.value)).to.equal('["\\ud800"]');
  });

  for (const text of [
    '',
    ' ',
    '{',
    '{"a":1,}',
    "{'a':1}",
    '[1] x',
    'NaN',
    'undefined',
    '{"a":1}{"b":2}',
    '\u0000',
    '"\n"',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(problemOf(text)).to.match(/^it is not JSON: [^\n]+$/);
    });
  }
});

describe('scanJson', () => {
  it('agrees with JSON.parse about what is JSON', () => {
    const snippet = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b\\n"',
      '1',
      '-0.5e3',
      '01',
      'true',
      'nul',
      ' ',
      '\n',
      '"',
    );
    fc.assert(
      fc.property(fc.array(snippet, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const scan = scanJson(text);
        // What it refuses beyond that.
        if (!scan.ok && /^duplicate key|^a number that is too large/.test(scan.problem)) return;
        expect(scan.ok, text).to.equal(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('tells where each member stands', () => {
    const places: string[] = [];
    scanJson('{ "a": [1, { "b": null }] }', ({ path, keyOffset, valueOffset }) =>
      places.push(`${path.join('.')}:${keyOffset}:${valueOffset}`),
    );
    expect(places).to.deep.equal([':0:0', 'a:2:7', 'a.0:8:8', 'a.1:11:11', 'a.1.b:13:18']);
  });

  it('tells where the text stops being JSON', () => {
    expect(scanJson('{"a": 1 "b": 2}')).to.deep.equal({ ok: false, problem: 'expected "," or "}"', offset: 8 });
    expect(scanJson('[1, ')).to.include({ ok: false, offset: 4 });
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
