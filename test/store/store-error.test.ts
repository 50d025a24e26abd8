import { expect } from 'chai';
import { inspect } from 'node:util';
import { scrub, storeError } from '../../src/store/store-error.js';

describe('the error of a store', () => {
  it('shows no part of a secret, also where one is the beginning of another', () => {
    for (const secrets of [
      ['canary', 'canary-tail'],
      ['canary-tail', 'canary'],
    ])
      expect(scrub('user canary-tail failed', secrets)).to.equal('user *** failed');
  });

  it('shows no secret in the forms that clients write it in', () => {
    const secret = 'can"ary\n/\\é %';
    for (const form of [secret, encodeURIComponent(secret), encodeURI(secret), JSON.stringify(secret), inspect(secret)])
      expect(scrub(`failed: ${form}.`, [secret]), form).to.match(/^failed: ["']?\*\*\*["']?\.$/);
  });

  it('can be made with a secret that is no well-formed text', () => {
    expect(scrub('the \ud800canary', ['\ud800canary'])).to.equal('the ***');
  });

  it('has no secret in what the client put into its error', () => {
    const cause = Object.assign(new Error('connect canary', { cause: new Error('canary') }), {
      code: 'ECANARY',
      config: { password: 'canary' },
    });
    cause.stack = 'Error: canary';
    const error = storeError('failed', { store: 'a', action: 'open', cause, secrets: ['canary'] });
    for (const shown of [
      inspect(error, { depth: 10, showHidden: true }),
      JSON.stringify(error),
      String(error),
      error.stack,
    ])
      expect(shown).to.not.include('canary');
    expect(error.cause).to.have.property('code', 'ECANARY');
  });
});
