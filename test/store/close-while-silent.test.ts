import { expect } from 'chai';
import net from 'node:net';
import type { StoreDriver } from '../../src/store/driver.js';
import { PostgresDriver } from '../../src/store/drivers/postgres.js';
import { RedisDriver } from '../../src/store/drivers/redis.js';
import { s3Driver } from '../../src/store/drivers/object/s3.js';

const DRIVERS: Readonly<Record<string, (port: number) => StoreDriver>> = {
  Redis: (port) => new RedisDriver({ url: `redis://127.0.0.1:${port}/0` }),
  PostgreSQL: (port) => new PostgresDriver({ url: `postgres://me:pw@127.0.0.1:${port}/db` }),
  S3: (port) =>
    s3Driver({
      bucket: 'cache',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    }),
};

describe('a driver that is closed while a server says nothing', () => {
  const sockets = new Set<net.Socket>();
  const silent = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.resume();
  });
  before(() => new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve)));
  after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  for (const [name, make] of Object.entries(DRIVERS))
    it(`${name}: what is under way ends soon, not after the whole time limit`, async () => {
      const driver = make((silent.address() as net.AddressInfo).port);
      const opening = driver.open().then(
        () => 'opened',
        (error: unknown) => (error as { code: string }).code,
      );
      // Its package is loaded, and it is connected.
      const before = sockets.size;
      while (sockets.size === before) await new Promise((resolve) => setTimeout(resolve, 5));
      const startedAt = performance.now();
      await driver.close();
      expect(await opening).to.match(/^CACHE_STORE_/);
      expect(performance.now() - startedAt).to.be.below(2000);
    });
});
