import { expect } from 'chai';
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { DEFAULT_DECODE_LIMITS, decodeLimits } from '../../src/codec/limits.js';
import { loadMsgpack, packText, unpackText, type MsgpackCodec } from '../../src/codec/msgpack.js';
import { problemInMsgpack } from '../../src/codec/msgpack-scan.js';
import { openEncoder } from '../../src/codec/value.js';
import type { JsonValue } from '../../src/model/json.js';

const LIMITS = DEFAULT_DECODE_LIMITS;

describe('MessagePack', () => {
  let msgpack: MsgpackCodec;
  before(async () => {
    msgpack = await loadMsgpack();
  });

  const problemOf = (bytes: Uint8Array): string | undefined => {
    const decoded = msgpack.decode(bytes, LIMITS);
    return decoded.ok ? undefined : decoded.problem;
  };

  it('gives back every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const asJson = JSON.parse(JSON.stringify(value)) as JsonValue;
        const bytes = msgpack.encode(asJson, LIMITS);
        // Undefined: text that is not well-formed, which JSON takes over.
        if (bytes !== undefined) expect(msgpack.decode(bytes, LIMITS)).to.deep.equal({ ok: true, value: asJson });
      }),
      { numRuns: 300 },
    );
  });

  it('keeps names that mean something to JavaScript, and changes no prototype', () => {
    const value = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":2},"10":1,"9":2,"toString":3}',
    ) as JsonValue;
    const decoded = msgpack.decode(msgpack.encode(value, LIMITS) as Buffer, LIMITS);
    expect(decoded.ok && JSON.stringify(decoded.value)).to.equal(JSON.stringify(value));
    expect(decoded.ok && Object.getPrototypeOf(decoded.value)).to.equal(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  it('does not overwrite what it made before', () => {
    const first = msgpack.encode({ a: 1 }, LIMITS) as Buffer;
    const copy = Buffer.from(first);
    for (let index = 0; index < 1000; index++) msgpack.encode({ index, text: 'x'.repeat(50) }, LIMITS);
    expect(first.equals(copy)).to.equal(true);
  });

  it('gives way to JSON for text that it cannot hold, and for more values than a reader takes', async () => {
    const encode = await openEncoder('msgpack');
    expect(encode({ a: 1 }, LIMITS).codec).to.equal('msgpack');
    expect(encode('a\ud800', LIMITS).codec).to.equal('json');
    expect(encode({ '\ud800': 1 }, LIMITS).codec).to.equal('json');
    expect(encode(new Array<number>(2000).fill(1), decodeLimits({ maxBytes: 10_000 })).codec).to.equal('json');
  });

  it('is refused where a length promises more than is there', () => {
    const before = process.memoryUsage().rss;
    for (const hex of [
      'ddffffffff',
      'ddeeeeeeeec0',
      'dfffffffff',
      'dbffffffff',
      'dcffff',
      'deffff',
      'd9ff',
      '9fc0',
      '8fa0',
      'bf61',
      'cb00',
    ])
      expect(problemOf(Buffer.from(hex, 'hex')), hex).to.match(/too early|more values than/);
    expect(process.memoryUsage().rss - before).to.be.lessThan(32 * 1024 * 1024);
  });

  it('is refused where it is nested 100,000 deep', () => {
    expect(problemOf(Buffer.concat([Buffer.alloc(1e5, 0x91), Buffer.from([0xc0])]))).to.match(/levels/);
    const maps = Buffer.concat([Buffer.from('81a161'.repeat(1e5), 'hex'), Buffer.from([0xc0])]);
    expect(problemOf(maps)).to.match(/levels/);
  });

  it('is refused where it has more values than its limit is worth', () => {
    const millions = Buffer.concat([Buffer.from('dd00500000', 'hex'), Buffer.alloc(0x500000, 0x80)]);
    expect(problemOf(millions)).to.match(/more than 4194304 values/);
    expect(problemInMsgpack(Buffer.alloc(200), { maxBytes: 100 })).to.equal('it has more than 100 bytes');
  });

  it('is refused where it has types that JSON does not have', () => {
    const packr = new Packr({ useRecords: false });
    for (const value of [new Date(0), Buffer.from('x'), new Map([[1, 2]]), Number.NaN, Infinity, 2n ** 60n, undefined])
      expect(problemOf(packr.pack(value)), typeof value).to.be.a('string');
    expect(problemOf(Buffer.from('81c0c0', 'hex'))).to.match(/name that is no string/);
    expect(problemOf(Buffer.from('c1', 'hex'))).to.match(/type/);
    expect(problemOf(new Packr({ useRecords: true }).pack({ a: 1 }))).to.be.a('string');
  });

  it('is refused where something comes after it, or nothing is there', () => {
    expect(problemOf(Buffer.from('c0c0', 'hex'))).to.equal('it goes on after its end');
    expect(problemOf(Buffer.alloc(0))).to.equal('it ends too early');
  });

  it('never throws, whatever the bytes are', () => {
    const valid = msgpack.encode({ list: [1, 2.5, 'text', null], inner: { a: true } }, LIMITS) as Buffer;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(valid.length), (bytes, at) => {
        msgpack.decode(bytes, LIMITS);
        const damaged = Buffer.concat([valid.subarray(0, at), bytes, valid.subarray(at + bytes.length)]);
        msgpack.decode(damaged, LIMITS);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a document in MessagePack', () => {
  it('is one string, which comes back byte for byte and is what msgpackr reads', () => {
    const packr = new Packr({ useRecords: false });
    for (const length of [0, 1, 31, 32, 255, 256, 65_535, 65_536]) {
      const text = Buffer.alloc(length, '{"a":1}');
      const packed = packText(text);
      expect(packr.unpack(packed), String(length)).to.equal(text.toString());
      expect(unpackText(packed)?.equals(text), String(length)).to.equal(true);
      expect(unpackText(packed.subarray(0, -1)), String(length)).to.equal(undefined);
      expect(unpackText(Buffer.concat([packed, packed])), String(length)).to.equal(undefined);
    }
  });

  it('is nothing else', () => {
    for (const hex of ['', 'c0', '90', '80', '01', 'da', 'da00', 'dbffffffff'])
      expect(unpackText(Buffer.from(hex, 'hex')), hex).to.equal(undefined);
  });
});
