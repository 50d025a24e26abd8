import { expect } from 'chai';
import { isStoreUrl, shownUrl, withAbsolutePath } from '../../src/config/store-url.js';
import { parseStoreUrl } from '../../src/store/store-url.js';
import { STORE_TYPE_BY_SCHEME } from '../../src/util/store-schemes.js';

describe('addresses of stores in the configuration', () => {
  const SHOWN: Readonly<Record<string, string>> = {
    'redis://user:hunter2@host/0': 'redis://user:***@host/0',
    'redis://:hunter2@host': 'redis://:***@host',
    'REDISS://user:hunter2@host:6379/0?timeout=50': 'REDISS://user:***@host:6379/0?timeout=50',
    'redis+sentinel://u:hunter2@a:1,b:2/master/0': 'redis+sentinel://u:***@a:1,b:2/master/0',
    'valkeys+cluster://user:hunter2@a,b': 'valkeys+cluster://user:***@a,b',
    'valkey://user@host/0': 'valkey://user@host/0',
    'redis://user:hun/ter2@host/0': 'redis://user:***@host/0',
    'redis://user:hun?ter2@host/0': 'redis://user:***@host/0',
    'redis://user:hun#ter2@host/0': 'redis://user:***@host/0',
    'redis://user:hun@ter2@host/0': 'redis://user:***@host/0',
    'redis://user:hun:ter2@host/0': 'redis://user:***@host/0',
    'postgres://user@host/db?sslmode=require&password=hunter2': 'postgres://user@host/db?sslmode=require&password=***',
    's3://hunter2@bucket/p': 's3://***@bucket/p',
    's3://key:hunter2@bucket/p?region=eu&sessionToken=hunter2': 's3://key:***@bucket/p?region=eu&sessionToken=***',
    's3://bucket/p?endpoint=http://u:hunter2@host': 's3://bucket/p?endpoint=***',
    'azure://c/p?account=a&sasToken=sig%3Dhunter2': 'azure://c/p?account=a&sasToken=***',
    'gs://bucket/p?hunter2': 'gs://bucket/p?***',
    'gs://bucket/p#hunter2': 'gs://bucket/p#***',
    'sqlite:/var/a.db?ttl=5': 'sqlite:/var/a.db?ttl=5',
    'memory:': 'memory:',
    hunter2: '***',
    'hunter2:x': '***',
    '//u:hunter2@host': '***',
  };
  for (const [url, shown] of Object.entries(SHOWN)) {
    it(`${url} is shown as ${shown}`, () => {
      expect(shownUrl(url)).to.equal(shown);
      expect(shownUrl(url)).not.to.match(/hun|ter2/);
    });
  }

  it('whatever address a store can be opened by is one in the configuration too', () => {
    for (const [scheme, type] of Object.entries(STORE_TYPE_BY_SCHEME)) {
      const url =
        scheme === 'memory' ? 'memory:' : `${scheme}://${type === 'file' || type === 'sqlite' ? '/x' : 'host/x'}`;
      expect(parseStoreUrl(url).type, url).to.equal(type);
      expect(isStoreUrl(url), url).to.equal(true);
    }
    for (const text of ['redis+other://host', 'name', 'C:\\cache', 'constructor:x'])
      expect(isStoreUrl(text), text).to.equal(false);
  });

  it('relative paths are made absolute, and only those', () => {
    expect(withAbsolutePath('sqlite:./a.db?ttl=5', '/r')).to.equal('sqlite:/r/a.db?ttl=5');
    expect(withAbsolutePath('file:a%20b', '/r#1 %')).to.equal('file:/r%231%20%25/a%20b');
    for (const url of ['file:///x', 'sqlite:/x/y', 'redis://h/0', 'memory:', 'file:', 'file:%zz'])
      expect(withAbsolutePath(url, '/r'), url).to.equal(url);
  });
});
