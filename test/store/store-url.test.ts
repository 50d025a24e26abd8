import { expect } from 'chai';
import { inspect } from 'node:util';
import { CacheError } from '../../src/model/errors.js';
import { describeStore } from '../../src/store/open-store.js';
import { describeStoreUrl, parseStoreUrl } from '../../src/store/store-url.js';
import { Secret } from '../../src/util/secret.js';

const problemOf = (url: string): string => {
  try {
    parseStoreUrl(url);
    return 'nothing';
  } catch (error) {
    if (!(error instanceof CacheError)) throw error;
    expect(error.code).to.equal('CACHE_BAD_STORE');
    expect(inspect(error, { depth: 9 })).to.not.include('canary');
    return error.message;
  }
};

describe('addresses of stores', () => {
  it('a scheme says which store, and what follows is read into its configuration', () => {
    expect(parseStoreUrl('memory:?maxEntries=5')).to.deep.equal({ type: 'memory', maxEntries: 5 });
    expect(parseStoreUrl('file:./my%20cache?format=json.gz')).to.deep.equal({
      type: 'file',
      basePath: './my cache',
      codec: 'json',
      compression: 'gzip',
    });
    expect(parseStoreUrl('sqlite:///a/b.db?ttl=1.5&timeout=9')).to.deep.equal({
      type: 'sqlite',
      path: '/a/b.db',
      ttlDefault: 1.5,
      timeoutMs: 9,
    });
    expect(parseStoreUrl('s3://bucket/a/b?pathStyle=true&region=eu')).to.deep.equal({
      ...{ type: 's3', bucket: 'bucket', prefix: 'a/b', pathStyle: true, region: 'eu' },
    });
    expect(parseStoreUrl('gs://bucket')).to.deep.equal({ type: 'google', bucket: 'bucket' });
    expect(parseStoreUrl('azure://c/p?account=me')).to.deep.equal({
      ...{ type: 'azure', container: 'c', prefix: 'p', account: 'me' },
    });
  });

  it('credentials are in the configuration and in nothing that shows it', () => {
    for (const url of [
      'redis://u:canary@h:1/0?ttl=5',
      'postgres://u:canary@h/db',
      's3://K:canary@b/p',
      'azure://c?sasToken=canary',
    ]) {
      const config = parseStoreUrl(url);
      expect(
        `${inspect(config, { depth: 9 })} ${JSON.stringify(config)} ${describeStoreUrl(url)} ${describeStore(url)}`,
      ).to.not.include('canary');
      const revealed = Object.values(config).map((value: unknown) => (value instanceof Secret ? value.reveal() : ''));
      expect(revealed.join(' ')).to.include('canary');
    }
  });

  it('an unknown scheme, option or value is an error with a suggestion', () => {
    expect(problemOf('postgress://u:canary@h')).to.include('did you mean "postgres"?');
    expect(problemOf('redis://:canary@h?tttl=3')).to.include('did you mean "ttl"?');
    expect(problemOf('redis://:canary@h?compression=gzpi')).to.include('did you mean "gzip"?');
    expect(problemOf('canary:secret')).to.include('is not known');
    expect(problemOf('redis://h?ttl=canary')).to.include('"ttlDefault"');
  });

  it('a database that is no file, and memory that holds nothing, are refused', () => {
    expect(problemOf('sqlite::memory:')).to.include('memory:');
    expect(problemOf('memory:?maxBytes=400')).to.include('"maxBytes"');
  });

  it('a prefix of objects that a path would be normalized by is refused', () => {
    for (const prefix of ['..', '../other', 'a/../b', 'a/./b', 'a//b', '%2e%2e/b', 'a%0Ab'])
      for (const address of [`s3://bucket/${prefix}`, `azure://bucket/${prefix}`, `gs://bucket/${prefix}`])
        expect(problemOf(address), address).to.include('prefix');
    expect(parseStoreUrl('s3://bucket/a..b/.c/')).to.include({ prefix: 'a..b/.c/' });
  });

  it('a password that is not encoded is refused and not shown', () => {
    for (const password of ['can/canary', 'can#canary', 'can?canary', '%zzcanary?canary=1'])
      expect(problemOf(`redis://u:${password}@h:1`)).to.not.equal('nothing');
  });
});
