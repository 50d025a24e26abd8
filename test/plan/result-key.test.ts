import { expect } from 'chai';
import type { ContentHash, Fingerprint } from '../../src/model/ids.js';
import { resultKey } from '../../src/plan/result-key.js';

const print = (text: string): Fingerprint => text as Fingerprint;
const hash = (text: string): ContentHash => text as ContentHash;

describe('a result key', () => {
  it('has 32 hex digits', () => {
    expect(resultKey(print('f'), 'a', hash('h'))).to.match(/^[0-9a-f]{32}$/);
  });

  it('keeps its parts apart', () => {
    const keys = [
      resultKey(print('ab'), 'c', hash('d')),
      resultKey(print('a'), 'bc', hash('d')),
      resultKey(print('a'), 'b', hash('cd')),
      resultKey(print('a'), null, hash('bcd')),
      resultKey(print('a'), 'null', hash('bcd')),
      resultKey(print('a","b'), 'c', hash('d')),
    ];
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('stays the same across releases', () => {
    expect(resultKey(print('sha256:00'), 'src/a.ts', hash('xxh64:44bc2cf5ad770999'))).to.equal(
      '99eaab5ad84b9c894ee2629ca97f2799',
    );
  });
});
