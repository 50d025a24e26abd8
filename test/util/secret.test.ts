import { expect } from 'chai';
import { inspect } from 'node:util';
import * as module from '../../src/util/secret.js';

const { Secret, revealed } = module;

const CANARY = 'canary';
/** Another copy of the module, as a process has it that loads the package twice. */
const AGAIN: string = '../../src/util/secret.js?again';

describe('a secret', () => {
  it('is shown by nothing', () => {
    const secret = new Secret(CANARY);
    const shown = [
      String(secret),
      `text ${secret.toString()}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 10, showHidden: true, customInspect: false }),
      inspect({ secret }, { depth: 10 }),
      Object.entries(secret).join(),
      JSON.stringify(structuredClone(Object.assign({}, secret))),
    ];
    for (const text of shown) expect(text).to.not.include(CANARY);
    expect(secret.reveal()).to.equal(CANARY);
  });

  it('is known for one also where this package is loaded twice', async () => {
    const again = (await import(AGAIN)) as typeof module;
    const other = new again.Secret(CANARY);
    expect(other).to.not.be.instanceOf(Secret);
    expect(Secret.isSecret(other)).to.equal(true);
    expect(revealed(other)).to.equal(CANARY);
  });

  it('is nothing else', () => {
    for (const other of [undefined, null, CANARY, {}, { reveal: () => CANARY }, JSON.parse('{"reveal":1}')])
      expect(Secret.isSecret(other)).to.equal(false);
  });

  it('is revealed where it is used, as text is', () => {
    expect(revealed(new Secret(CANARY))).to.equal(CANARY);
    expect(revealed(CANARY)).to.equal(CANARY);
    expect(revealed(undefined)).to.equal(undefined);
  });
});
