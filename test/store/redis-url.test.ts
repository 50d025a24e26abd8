import { expect } from 'chai';
import { inspect } from 'node:util';
import { CacheError } from '../../src/model/errors.js';
import { RedisDriver } from '../../src/store/drivers/redis.js';
import { patternOf } from '../../src/store/drivers/redis/commands.js';
import { redisSettings } from '../../src/store/drivers/redis/settings.js';

const refusal = (url: string): CacheError => {
  try {
    redisSettings({ url });
  } catch (error) {
    expect(error).to.be.instanceOf(CacheError);
    return error as CacheError;
  }
  throw new Error(`it was taken: ${url}`);
};

describe('the address of a Redis store', () => {
  it('names server, user, password, database and prefix', () => {
    const url = 'redis://me:p%40ss%2Fword@[::1]:7000/3?prefix=team%3A&timeoutMs=250';
    const settings = redisSettings({ url });
    expect(settings).to.deep.include({
      nodes: [{ host: '::1', port: 7000 }],
      database: 3,
      prefix: 'team:',
      timeoutMs: 250,
    });
    expect(settings.credentials).to.deep.equal({ username: 'me', password: 'p@ss/word' });
    expect(settings.description).to.equal('redis://[::1]:7000/3');
    expect(settings.tls).to.equal(undefined);
  });

  it('has defaults for everything but the host', () => {
    const settings = redisSettings({ url: 'valkeys://cache.example' });
    expect(settings).to.deep.include({
      nodes: [{ host: 'cache.example', port: 6379 }],
      database: 0,
      prefix: 'documee:',
      timeoutMs: 5000,
    });
    expect(settings.tls).not.to.equal(undefined);
    expect(settings.description).to.equal('rediss://cache.example:6379/0');
  });

  it('names several hosts of a cluster, and of sentinels with the primary they watch', () => {
    expect(redisSettings({ url: 'redis+cluster://a:1,b:2' })).to.deep.include({
      topology: 'cluster',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      description: 'redis+cluster://a:1,b:2',
    });
    expect(redisSettings({ url: 'rediss+sentinel://:secret@a,b:2/primary/4' })).to.deep.include({
      topology: 'sentinel',
      nodes: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 2 },
      ],
      masterName: 'primary',
      database: 4,
    });
  });

  it('gives way to options beside it', () => {
    const settings = redisSettings({ url: 'redis://:one@a/1', password: 'two', database: 2, prefix: undefined });
    expect(settings.credentials.password).to.equal('two');
    expect(settings).to.deep.include({ database: 2, prefix: 'documee:' });
  });

  it('makes the prefix of a cluster one hash tag, unless it has one', () => {
    const prefixOf = (prefix: string): string => redisSettings({ url: 'redis+cluster://a', prefix }).prefix;
    expect(prefixOf('documee:')).to.equal('{documee:}');
    expect(prefixOf('a{team}b')).to.equal('a{team}b');
    expect(prefixOf('{}a')).to.equal('{{}a}');
    expect(() => prefixOf('}a')).to.throw(CacheError);
  });

  it('is refused where it makes no sense, and nothing of it is shown', () => {
    const canary = 'CANARY-7f3';
    for (const url of [
      `http://u:${canary}@h/0`,
      `redis://u:${canary}@h:99999/0`,
      `redis://u:${canary}@h:port/0`,
      `redis://u:${canary}@h/zero`,
      `redis://u:${canary}@a,b/0`,
      `redis://u:a/${canary}@h/0`,
      `redis://u:${canary}#x@h/0`,
      `redis://u:%zz${canary}@h/0`,
      `redis://u:${canary}@h/0?prefix=`,
      `redis://u:${canary}@h/0?timeoutMs=soon`,
      `redis://u:${canary}@h/0?tlsRejectUnauthorized=false`,
      `redis://u:${canary}@h/0?tlsCaFile=a.pem`,
      `redis+cluster://u:${canary}@h/1`,
      `redis+sentinel://u:${canary}@h`,
      `redis://u:${canary}@/0`,
    ]) {
      const error = refusal(url);
      expect(error.code).to.equal('CACHE_BAD_STORE');
      expect(inspect(error, { depth: 10 }), url).not.to.contain(canary);
    }
    expect(refusal('redis://h?prefx=a').message).to.contain('did you mean "prefix"');
  });

  it('does not show its password when the driver is inspected', () => {
    const driver = new RedisDriver({ url: 'redis://u:CANARY-7f3@h/0', sentinelPassword: 'CANARY-8' });
    expect(inspect(driver, { depth: 10, showHidden: true })).not.to.contain('CANARY');
    expect(JSON.stringify(driver)).not.to.contain('CANARY');
  });

  it('escapes what means something in a pattern', () => {
    expect(patternOf('a*b?c[d]e\\f-^')).to.equal('a\\*b\\?c\\[d\\]e\\\\f-^*');
  });
});
