import { BlobServiceClient } from '@azure/storage-blob';
import { expect } from 'chai';
import { inspect } from 'node:util';
import { azureDriver } from '../../src/store/drivers/object/azure.js';
import { azuriteAvailability, startAzurite, type Azurite } from '../support/servers/azurite.js';
import { freePort, requireServer } from '../support/servers/server.js';
import { entry, expectCode, testObjectDriver, valuesOf } from './object-suite.js';

const CANARY = Buffer.from('canary canary canary').toString('base64');

describe('Azure Blob, with Azurite', function () {
  let server: Azurite;
  before(async function () {
    this.timeout(300_000);
    if (!requireServer('azure', azuriteAvailability())) return this.skip();
    server = await startAzurite();
    await BlobServiceClient.fromConnectionString(server.connectionString).createContainer('cache');
  });
  after(() => (server as Azurite | undefined)?.stop());

  testObjectDriver({
    store: 'azure',
    keepsConditions: true,
    make: (options) => azureDriver({ ...options, container: 'cache', connectionString: server.connectionString }),
  });

  it('takes the account and its key, and a shared access signature', async () => {
    const { account, accountKey, endpoint } = server;
    const byKey = azureDriver({ container: 'cache', prefix: 'ways', account, accountKey, endpoint });
    await byKey.open();
    await byKey.saveMany([entry('a')]);
    await byKey.close();
    const { generateAccountSASQueryParameters, AccountSASPermissions, StorageSharedKeyCredential } =
      await import('@azure/storage-blob');
    const sas = generateAccountSASQueryParameters(
      {
        expiresOn: new Date(Date.now() + 60_000),
        permissions: AccountSASPermissions.parse('rwdlc'),
        services: 'b',
        resourceTypes: 'sco',
      },
      new StorageSharedKeyCredential(account, accountKey),
    ).toString();
    const bySas = azureDriver({ container: 'cache', prefix: 'ways', sasToken: `?${sas}`, endpoint });
    await bySas.open();
    expect(await valuesOf(bySas, ['a'])).to.deep.equal(['a']);
    await bySas.close();
    const signature = new URLSearchParams(sas).get('sig') ?? '';
    const forged = sas.replace(encodeURIComponent(signature), encodeURIComponent(CANARY));
    const denied = azureDriver({ container: 'cache', sasToken: forged, endpoint });
    await expectCode(denied.open(), 'CACHE_STORE_DENIED', [CANARY, encodeURIComponent(CANARY)]);
  });

  it('refuses a wrong key and does not show it', async () => {
    const { account, endpoint } = server;
    const driver = azureDriver({ container: 'cache', account, accountKey: CANARY, endpoint });
    await expectCode(driver.open(), 'CACHE_STORE_DENIED', [CANARY]);
    expect(inspect(driver, { depth: 20, showHidden: true })).not.to.include(CANARY);
  });

  it('tells a container that is missing', async () => {
    const { connectionString } = server;
    await expectCode(azureDriver({ container: 'nowhere', connectionString }).open(), 'CACHE_STORE_MISSING');
  });
});

describe('Azure Blob', () => {
  it('says that nobody answers, and that the host is not known', async () => {
    const port = await freePort();
    const given = { container: 'cache', account: 'a', accountKey: CANARY, timeoutMs: 2000 };
    const nobody = azureDriver({ ...given, endpoint: `http://127.0.0.1:${port}/a` });
    expect(nobody.description).to.equal(`azure://cache at 127.0.0.1:${port}`);
    await expectCode(nobody.open(), 'CACHE_STORE_UNAVAILABLE', [CANARY]);
    const unknown = azureDriver({ ...given, endpoint: 'http://no-such-host.invalid' });
    await expectCode(unknown.open(), 'CACHE_STORE_UNAVAILABLE', [CANARY]);
  });

  it('shows no part of a connection string that it cannot read', () => {
    expect(() => azureDriver({ container: 'cache', connectionString: `AccountKey=${CANARY}` }))
      .to.throw('names no account')
      .with.property('message')
      .not.include(CANARY);
  });
});
