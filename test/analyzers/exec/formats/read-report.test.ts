import { expect } from 'chai';
import {
  MAX_REPORT_BYTES,
  parseReport,
  reportText,
  styleOf,
} from '../../../../src/analyzers/exec/formats/read-report.js';
import { output } from './harness.js';

const read = (stdout: string | Uint8Array, stderr = ''): unknown =>
  parseReport('json', reportText('json', output(stdout, 1, stderr)));

describe('reading a report', () => {
  it('drops a byte-order mark and white space around', () => {
    expect(read('\ufeff \n[1]\n')).to.deep.equal([1]);
  });

  const refused: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['cut JSON', '[{"a":1},', /it is not JSON/],
    ['two documents', '[1]\n[2]', /it is not JSON/],
    ['a banner in front', '\n> shop@1 lint\n> eslint .\n\n[]', /begins with "> shop@1 lint"/],
    ['a long first line', 'x'.repeat(10_000), /begins with "x{120}…"/],
    ['NaN', '[NaN]', /it is not JSON/],
    ['a number too large for a number', '[1e400]', /too large/],
    [
      'an integer that would be rounded',
      '[{"id":"12345678901234567891\\"","n":12345678901234567891}]',
      /number 12345678901234567891 is too large/,
    ],
    ['deep nesting', '['.repeat(100_000), /levels/],
    ['UTF-16, little-endian', Buffer.from('\ufeff[]', 'utf16le'), /UTF-16/],
    ['UTF-16 without a mark', Buffer.from('[{}]', 'utf16le'), /UTF-16/],
    ['invalid UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), /not valid UTF-8/],
    ['a number alone', '17', /begins with "17"/],
  ];
  for (const [what, stdout, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => read(stdout))
        .to.throw(message)
        .with.property('code', 'CACHE_REPORT_UNREADABLE');
    });
  }

  it('no output shows the exit code and the error stream', () => {
    expect(() => read('\n', '\nOops: no config\n')).to.throw(
      /it is empty, and the command exited with 1; .* "Oops: no config"/,
    );
  });

  it('refuses more than 200 MB before it is decoded', () => {
    expect(() => read(new Uint8Array(MAX_REPORT_BYTES + 1))).to.throw(/more than 209715200 bytes/);
  });

  it('keeps integers that are exact, floats, and digits in strings', () => {
    const text = '["9007199254740993","\\\\",9007199254740992,0.12345678901234567,1e21,"\\"",-1234567890123456]';
    expect(read(text)).to.deep.equal(JSON.parse(text));
  });

  it('finds the indentation and what comes after the document', () => {
    expect(styleOf('[1]')).to.deep.equal({ indent: '', end: '' });
    expect(styleOf('{\n    "a": 1\n}\n')).to.deep.equal({ indent: '    ', end: '\n' });
    expect(styleOf('[\r\n\t1\r\n]\r\n')).to.deep.equal({ indent: '\t', end: '\n' });
  });
});
