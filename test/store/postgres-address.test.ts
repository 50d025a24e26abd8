import { expect } from 'chai';
import pg from 'pg';
import { targetOf } from '../../src/store/sql/postgres-address.js';

describe('the address of a PostgreSQL server', () => {
  const clientOf = (url: string): pg.Client => new pg.Client(targetOf({ url }).config);

  it('names hosts of IPv6, sockets, and passwords with every character', () => {
    const client = clientOf('postgres://user:p%40%2F%23%3F%25%3Aw@[::1]:5433/db');
    expect([client.host, client.port, client.password, client.database]).to.deep.equal(['::1', 5433, 'p@/#?%:w', 'db']);
    expect(clientOf('postgres://user@%2Fvar%2Frun/db').host).to.equal('/var/run');
  });

  it('has certificates checked by every mode of TLS, as by now, without a warning of the client', async () => {
    const warnings: string[] = [];
    const hear = ({ message }: Error): number => warnings.push(message);
    process.on('warning', hear);
    try {
      for (const mode of ['prefer', 'require', 'verify-ca', 'verify-full'])
        for (const url of [`postgres://h/db?sslmode=${mode}`, `postgres://h/db?application_name=a&sslmode=${mode}&x=1`])
          expect(clientOf(url), url).to.have.property('ssl').that.does.not.have.property('rejectUnauthorized', false);
      expect(clientOf('postgres://h/db?sslmode=disable').ssl).to.equal(false);
      const compatible = 'postgres://h/db?sslmode=require&uselibpqcompat=true';
      expect(targetOf({ url: compatible }).config.connectionString).to.equal(compatible);
      await new Promise((resolve) => setImmediate(resolve));
      expect(warnings).to.deep.equal([]);
    } finally {
      process.off('warning', hear);
    }
  });
});
