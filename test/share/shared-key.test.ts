import { expect } from 'chai';
import fc from 'fast-check';
import crypto from 'node:crypto';
import { CacheError } from '../../src/model/errors.js';
import type { Dependency } from '../../src/model/dependency.js';
import { MAX_SHARED_DEPENDENCIES, whyNotShared } from '../../src/share/shared-dependencies.js';
import { sharedKey, variantOf } from '../../src/share/shared-key.js';
import { parseNamespace, parseScope, SharedLayout } from '../../src/share/shared-layout.js';
import { decodeVariants, encodeVariants, MAX_VARIANTS, withVariants } from '../../src/share/variants-document.js';
import { sha256Digest } from '../../src/util/hash.js';
import { dependsOn } from './support.js';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

describe('sharedKey', () => {
  it('is the SHA-256 of the canonical JSON of format, fingerprint, path and content', () => {
    const text = `[1,"${A}","src/a.ts","${B}"]`;
    const expected = crypto.createHash('sha256').update(text).digest('hex');
    expect(sharedKey({ fingerprint: A, path: 'src/a.ts', contentHash: B })).to.equal(expected);
    expect(sharedKey({ fingerprint: A, path: 'src/a.ts', contentHash: B })).to.equal(
      'bcb9aa8125f8e672ed3e95bd0845fda1fe57075a539e685fa04ab4b6acfd71a5',
    );
  });

  it('differs where any part does, and a path called null is not the absence of one', () => {
    const keys = [
      sharedKey({ fingerprint: A, path: 'a', contentHash: B }),
      sharedKey({ fingerprint: B, path: 'a', contentHash: A }),
      sharedKey({ fingerprint: A, path: null, contentHash: B }),
      sharedKey({ fingerprint: A, path: 'null', contentHash: B }),
      sharedKey({ fingerprint: A, path: 'a', contentHash: A }),
    ];
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('takes no hash that can be made to collide', () => {
    for (const contentHash of ['xxh64:44bc2cf5ad770999', 'sha256:', A.toUpperCase(), `${A}\n`])
      expect(() => sharedKey({ fingerprint: A, path: null, contentHash }), contentHash).to.throw(TypeError);
  });

  it('a variant is named by all of its dependencies, and none is no variant', () => {
    expect(variantOf([])).to.equal(null);
    const one = variantOf([dependsOn('a'), dependsOn('b')]);
    expect(one).to.match(/^[0-9a-f]{16}$/);
    expect(variantOf([dependsOn('b'), dependsOn('a')])).not.to.equal(one);
    expect(variantOf([dependsOn('a'), dependsOn('b', 'y')])).not.to.equal(one);
  });
});

describe('SharedLayout', () => {
  const key = 'c'.repeat(64);
  const layout = new SharedLayout('team/documee');

  it('spells the keys that are documented', () => {
    expect(layout.recordKey('main', { key, variant: null })).to.equal(`team/documee/main/${key}`);
    expect(layout.recordKey('main', { key, variant: 'd'.repeat(16) })).to.equal(
      `team/documee/main/${key}-${'d'.repeat(16)}`,
    );
    expect(layout.variantsKey('main', key)).to.equal(`team/documee/main/${key}.variants`);
    expect(layout.leaseName(key)).to.equal(`team/documee/leases/${key}`);
  });

  it('makes no key of what is no name', () => {
    for (const bad of ['', '../x', `${key}/`, key.toUpperCase(), `${key}\n`]) {
      expect(() => layout.recordKey('main', { key: bad, variant: null }), bad).to.throw(TypeError);
      expect(() => layout.variantsKey('main', bad), bad).to.throw(TypeError);
      expect(() => layout.leaseName(bad), bad).to.throw(TypeError);
      expect(() => layout.recordKey('main', { key, variant: bad }), bad).to.throw(TypeError);
    }
  });

  it('refuses names that lead elsewhere, and the one that the leases have', () => {
    for (const bad of ['', '.', '..', '...', 'a/b', 'a b', 'ä', 'leases', 'x'.repeat(65), 'a\n', '*', '%'])
      expect(() => parseScope(bad), bad)
        .to.throw(CacheError)
        .with.property('code', 'CACHE_BAD_CONFIG');
    for (const bad of [
      '',
      '/',
      'a/',
      '/a',
      'a//b',
      '../a',
      'a/..',
      'a:b',
      'a\\b',
      'a\n',
      '\ud800',
      'x/'.repeat(256) + 'x',
    ])
      expect(() => parseNamespace(bad), bad).to.throw(CacheError);
    for (const good of ['shop', 'my app', 'größe', 'team/@a+b', 'x'.repeat(128)])
      expect(parseNamespace(good)).to.equal(good);
    for (const good of ['default', 'pr-12', 'A.b_c', '.x', 'x'.repeat(64)]) expect(parseScope(good)).to.equal(good);
  });
});

describe('dependencies that are shared', () => {
  const hash = sha256Digest('x');

  it('may be of every kind, inside of the root', () => {
    const all: Dependency[] = [
      dependsOn('src/money.ts'),
      { kind: 'content', path: 'src', hash: null },
      { kind: 'absent', path: 'src/money/index.ts' },
      { kind: 'exists', path: '.' },
      { kind: 'listing', path: '.', hash },
      { kind: 'env', name: 'TZ', hash: null },
      { kind: 'closure', path: 'src/a.ts', hash },
      { kind: 'result', analyzer: 'structure', path: '..a/b..', hash },
    ];
    expect(whyNotShared(all)).to.equal(undefined);
  });

  it('are not outside of the root, nor spelled in a way that could lead there', () => {
    const bad = ['..', '../a', '../../a', '/etc/passwd', 'a/../../b', './a', 'a//b', 'C:/x', 'a\\..\\b', 'a\0b', ''];
    for (const path of bad) {
      const kinds: Dependency[] = [
        { kind: 'content', path, hash: null },
        { kind: 'absent', path },
        { kind: 'exists', path },
        { kind: 'listing', path, hash: null },
        { kind: 'closure', path, hash },
        { kind: 'result', analyzer: 'a', path, hash: null },
      ];
      for (const one of kinds) expect(whyNotShared([one]), `${one.kind} ${path}`).to.be.a('string');
    }
  });

  it('have no weak hash, and there are not too many', () => {
    const weak = { kind: 'content', path: 'a', hash: 'xxh64:44bc2cf5ad770999' } as unknown as Dependency;
    expect(whyNotShared([weak])).to.equal('it depends on content "a": its hash is not SHA-256');
    expect(whyNotShared([{ kind: 'device', path: 'a' } as unknown as Dependency])).to.match(/not known/);
    const many = new Array<Dependency>(MAX_SHARED_DEPENDENCIES).fill({ kind: 'exists', path: 'a' });
    expect(whyNotShared(many)).to.equal(undefined);
    expect(whyNotShared([...many, { kind: 'exists', path: 'a' }])).to.match(/more than 10000/);
  });
});

describe('the document that names variants', () => {
  const name = (at: number): string => at.toString(16).padStart(16, '0');

  it('is read as it was written, newest first, at most 16', () => {
    const names = Array.from({ length: 20 }, (_, at) => name(at));
    expect(decodeVariants(encodeVariants(names))).to.deep.equal(names.slice(0, MAX_VARIANTS));
    const { variants, dropped } = withVariants(names.slice(0, 16), [name(99), name(3)]);
    expect(variants.slice(0, 3)).to.deep.equal([name(99), name(3), name(0)]);
    expect([variants.length, dropped]).to.deep.equal([16, [name(15)]]);
  });

  it('never throws, and never gives a name that is none, whatever stands there', () => {
    const hostile = [
      '',
      '[]',
      'null',
      '{"formatVersion":2,"variants":["0000000000000000"]}',
      '{"formatVersion":1,"variants":{"length":3}}',
      `{"formatVersion":1,"variants":["../../etc",7,null,"${name(1)}","${name(1)}","${name(2)}\\n"]}`,
      '{"formatVersion":1,"__proto__":{"variants":["0000000000000000"]}}',
      '['.repeat(4000),
    ];
    expect(hostile.map((text) => decodeVariants(Buffer.from(text)))).to.deep.equal(
      hostile.map((_, at) => (at === 5 ? [name(1)] : [])),
    );
    expect(decodeVariants(Buffer.alloc(1e6, ' '))).to.deep.equal([]);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        for (const one of decodeVariants(bytes)) expect(one).to.match(/^[0-9a-f]{16}$/);
      }),
    );
  });
});
