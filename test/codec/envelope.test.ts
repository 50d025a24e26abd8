import { expect } from 'chai';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { isCompressionAvailable } from '../../src/codec/compression.js';
import {
  MAX_HEADER_BYTES,
  beginsLikeEnvelope,
  encodeEnvelope,
  openEnvelope,
  readHeader,
  sealEnvelope,
  type OpenedEnvelope,
} from '../../src/codec/envelope.js';
import { isExpired } from '../../src/codec/expiry.js';
import { DEFAULT_DECODE_LIMITS, decodeLimits } from '../../src/codec/limits.js';
import { decodeValue } from '../../src/codec/value.js';

const LIMITS = DEFAULT_DECODE_LIMITS;
const MIB = 1024 * 1024;
const PAYLOAD = Buffer.from(JSON.stringify({ text: 'a value that is stored '.repeat(40) }));
const HEADER = { codec: 'json', savedAt: 1_790_000_000_000, expiresAt: 1_790_000_060_000 } as const;

const problemOf = (opened: OpenedEnvelope): string | undefined =>
  opened.outcome === 'corrupt' ? opened.problem : undefined;

/** An envelope whose checksum is right, whatever its header claims. */
const forge = (payload: Buffer, header: Partial<Parameters<typeof encodeEnvelope>[0]> = {}): Buffer =>
  encodeEnvelope({ ...HEADER, compression: 'none', rawBytes: payload.length, ...header }, payload);

describe('an envelope', () => {
  it('is one line of JSON and the payload', () => {
    const envelope = encodeEnvelope({ ...HEADER, compression: 'none', rawBytes: PAYLOAD.length }, PAYLOAD);
    const lineEnd = envelope.indexOf('\n');
    const header = JSON.parse(envelope.toString('utf8', 0, lineEnd)) as Record<string, unknown>;
    expect(header).to.deep.include({
      documee: 1,
      ...HEADER,
      compression: 'none',
      bytes: PAYLOAD.length,
      rawBytes: PAYLOAD.length,
    });
    expect(header['crc32']).to.match(/^[0-9a-f]{8}$/);
    expect(envelope.subarray(lineEnd + 1).equals(PAYLOAD)).to.equal(true);
    expect(beginsLikeEnvelope(envelope)).to.equal(true);
  });

  it('has a header that can be read from its beginning', () => {
    const longest = { codec: 'msgpack', compression: 'gzip', savedAt: 8.64e15, expiresAt: 1e300 } as const;
    const envelope = encodeEnvelope({ ...longest, rawBytes: Number.MAX_SAFE_INTEGER }, PAYLOAD);
    expect(envelope.indexOf('\n')).to.be.lessThan(MAX_HEADER_BYTES);
    expect(readHeader(envelope.subarray(0, MAX_HEADER_BYTES))).to.deep.include({ ...longest, expiresAt: 8.64e15 });
    expect(readHeader(encodeEnvelope({ ...longest, expiresAt: undefined, rawBytes: 0 }, PAYLOAD))?.expiresAt).to.equal(
      undefined,
    );
  });

  for (const compression of ['none', 'gzip', 'zstd'] as const) {
    it(`gives back what was put in, compression ${compression}`, async function () {
      if (!isCompressionAvailable(compression)) this.skip();
      for (const raw of [Buffer.alloc(0), Buffer.from('x'), PAYLOAD, Buffer.from('0123456789'.repeat(40_000))]) {
        const opened = await openEnvelope(await sealEnvelope({ ...HEADER, compression }, raw, LIMITS), LIMITS);
        expect(opened).to.deep.include({ outcome: 'opened', ...HEADER });
        expect(opened.outcome === 'opened' && opened.payload.equals(raw)).to.equal(true);
      }
    });
  }

  it('is compressed only where that helps, and never so much that a reader refuses it', async () => {
    const stored = async (raw: Buffer): Promise<unknown> =>
      readHeader(await sealEnvelope({ ...HEADER, compression: 'gzip' }, raw, LIMITS))?.compression;
    expect(await stored(PAYLOAD)).to.equal('gzip');
    expect(await stored(Buffer.from('short'))).to.equal('none');
    expect(await stored(Buffer.alloc(MIB))).to.equal('none');
  });

  it('says so where this Node cannot read its compression', async function () {
    if (isCompressionAvailable('zstd')) this.skip();
    const opened = await openEnvelope(forge(PAYLOAD, { compression: 'zstd' }), LIMITS);
    expect(opened).to.nested.include({ outcome: 'unsupported', 'error.code': 'CACHE_BAD_STORE' });
    const sealed = await sealEnvelope({ ...HEADER, compression: 'zstd' }, PAYLOAD, LIMITS).catch(
      (error: unknown) => error,
    );
    expect(sealed).to.include({ code: 'CACHE_BAD_STORE' });
  });

  it('does not survive the change of any bit, nor a cut anywhere, nor something appended', async () => {
    const payload = Buffer.from('{"a":1}');
    for (const compression of ['none', 'gzip'] as const) {
      const raw = compression === 'gzip' ? gzipSync(payload) : payload;
      const envelope = forge(raw, { compression, rawBytes: payload.length });
      expect((await openEnvelope(envelope, LIMITS)).outcome).to.equal('opened');
      for (let bit = 0; bit < envelope.length * 8; bit++) {
        const damaged = Buffer.from(envelope);
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
        const opened = await openEnvelope(damaged, LIMITS);
        // Without its beginning it is taken for plain JSON, which a header line is not.
        const value = opened.outcome === 'opened' && (await decodeValue(opened.codec, opened.payload, LIMITS));
        expect(value && value.ok, `bit ${bit}`).to.equal(false);
      }
      for (let length = 0; length < envelope.length; length++) {
        const opened = await openEnvelope(envelope.subarray(0, length), LIMITS);
        const value = opened.outcome === 'opened' && (await decodeValue(opened.codec, opened.payload, LIMITS));
        expect(value && value.ok, `cut at ${length}`).to.equal(false);
      }
      expect(problemOf(await openEnvelope(Buffer.concat([envelope, Buffer.from(' ')]), LIMITS))).to.match(
        /has \d+ bytes/,
      );
    }
  });

  it('of a later version, or with members that are not known, is damaged and never plain JSON', async () => {
    for (const line of [
      '{"documee":2,"codec":"json"}\n{}',
      '{"documee":1}\n{}',
      '{"documee":1,"__proto__":{}}\n{}',
      '{"documee":',
    ]) {
      expect(readHeader(Buffer.from(line))).to.equal(undefined);
      expect(problemOf(await openEnvelope(Buffer.from(line), LIMITS))).to.match(/header/);
    }
  });

  it('that unpacks to more than it says, than the ratio or than the limit takes no memory for it', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB));
    const before = process.memoryUsage().rss;
    const lies = [
      forge(bomb, { compression: 'gzip', rawBytes: 64 * MIB }),
      forge(bomb, { compression: 'gzip', rawBytes: bomb.length * 100 }),
      forge(bomb, { compression: 'gzip', rawBytes: 1 }),
      forge(bomb, { compression: 'gzip', rawBytes: Number.MAX_SAFE_INTEGER }),
      forge(bomb, { compression: 'none', rawBytes: 5 }),
      forge(Buffer.from('no gzip'), { compression: 'gzip' }),
    ];
    for (const lie of lies) expect(problemOf(await openEnvelope(lie, LIMITS))).to.be.a('string');
    expect(process.memoryUsage().rss - before).to.be.lessThan(48 * MIB);
  });

  it('that is longer than the limit is refused, with a header or without', async () => {
    const limits = decodeLimits({ maxBytes: 100 });
    expect(problemOf(await openEnvelope(forge(PAYLOAD), limits))).to.equal('it has more than 100 bytes');
    expect(problemOf(await openEnvelope(PAYLOAD, limits))).to.equal('it has more than 100 bytes');
  });

  it('never throws, whatever the bytes are', async () => {
    const start = fc.constantFrom(
      '',
      '{"documee":',
      '{"documee":1,"codec":"msgpack",',
      forge(PAYLOAD).toString('latin1', 0, 120),
    );
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 300 }), async (text, rest) => {
        const bytes = Buffer.concat([Buffer.from(text), rest]);
        readHeader(bytes);
        const opened = await openEnvelope(bytes, LIMITS);
        if (opened.outcome === 'opened') await decodeValue(opened.codec, opened.payload, LIMITS);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on a payload that is garbage under a header that is right', async () => {
    const codecs = fc.constantFrom('json', 'msgpack', 'bytes');
    await fc.assert(
      fc.asyncProperty(
        codecs,
        fc.constantFrom('none', 'gzip'),
        fc.uint8Array({ maxLength: 200 }),
        async (codec, compression, bytes) => {
          const opened = await openEnvelope(forge(Buffer.from(bytes), { codec, compression }), LIMITS);
          expect(compression === 'none').to.equal(opened.outcome === 'opened');
          if (opened.outcome === 'opened') await decodeValue(opened.codec, opened.payload, LIMITS);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('JSON without an envelope', () => {
  it('is a value that never expires', async () => {
    const opened = await openEnvelope(Buffer.from('{\n  "a": 1\n}\n'), LIMITS);
    expect(opened).to.deep.include({ outcome: 'opened', codec: 'json', savedAt: undefined, expiresAt: undefined });
    expect(readHeader(Buffer.from('{\n  "a": 1\n}\n'))).to.equal(undefined);
  });

  it('that is nested 100,000 deep, or has a number beyond all, is refused', async () => {
    for (const text of ['['.repeat(1e5) + ']'.repeat(1e5), '1e999', '\ufeff{}', '{"a":']) {
      const decoded = await decodeValue('json', Buffer.from(text), LIMITS);
      expect(decoded.ok, text.slice(0, 10)).to.equal(false);
    }
  });
});

describe('a lifetime', () => {
  const SAVED_AT = 1_000_000;
  const lifetime = { savedAt: SAVED_AT, expiresAt: SAVED_AT + 5000 };

  it('ends at its last millisecond', () => {
    expect(isExpired(lifetime, SAVED_AT + 4999)).to.equal(false);
    expect(isExpired(lifetime, SAVED_AT + 5000)).to.equal(true);
  });

  it('has ended where it begins in the future, but for clocks that differ by up to a minute', () => {
    expect(isExpired(lifetime, SAVED_AT - 60_000)).to.equal(false);
    expect(isExpired(lifetime, SAVED_AT - 60_001)).to.equal(true);
  });

  it('without an end never ends, whatever the clock says', () => {
    for (const now of [0, SAVED_AT, 1e15])
      expect(isExpired({ ...lifetime, expiresAt: undefined }, now)).to.equal(false);
  });
});

describe('limits', () => {
  it('are those that are given, the others by default', () => {
    expect(decodeLimits({ maxBytes: 10 })).to.deep.equal({ ...DEFAULT_DECODE_LIMITS, maxBytes: 10 });
    expect(decodeLimits()).to.deep.equal({ maxBytes: 64 * MIB, maxRatio: 200 });
  });

  it('that are no numbers from 1 on are a TypeError', () => {
    for (const maxBytes of [0, -1, Number.NaN, '1'] as number[])
      expect(() => decodeLimits({ maxBytes })).to.throw(TypeError);
  });
});
