import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { CacheError } from '../../src/model/errors.js';
import type { RunEvent } from '../../src/model/event.js';
import { Outbox, type OutboxChange } from '../../src/store/outbox.js';
import { defaultOutboxFolder } from '../../src/store/tiered/private-folder.js';
import { childScript } from '../support/compiled.js';
import { faultyFs, type Fault } from '../support/fault-fs.js';
import { filesBelow, temporaryFolder } from '../support/temporary.js';

const save = (key: string, text = `value of ${key}`, expiresAt?: number): OutboxChange => ({
  action: 'save',
  key,
  bytes: Buffer.from(text),
  expiresAt,
});

const newFolder = (): string => path.join(temporaryFolder(), 'outbox');
const keysOf = (outbox: Outbox): string[] => Array.from(outbox.entries(), ({ key }) => key);

describe('outbox', () => {
  it('what was put is there after it is opened again, in the order in which it was put', () => {
    const folder = newFolder();
    const outbox = Outbox.open({ folder });
    outbox.putMany([save('b', 'one\ntwo', 1_790_000_000_000), { ...save('gone', ''), action: 'delete' }]);
    outbox.put(save('a'));
    const entries = Array.from(Outbox.open({ folder }).entries(), ({ action, key, bytes, expiresAt }) => [
      action,
      key,
      Buffer.from(bytes).toString(),
      expiresAt,
    ]);
    expect(entries).to.deep.equal([
      ['save', 'b', 'one\ntwo', 1_790_000_000_000],
      ['delete', 'gone', '', undefined],
      ['save', 'a', 'value of a', undefined],
    ]);
  });

  it('an entry that was removed is not sent again; its file goes with its last entry', () => {
    const folder = newFolder();
    const outbox = Outbox.open({ folder });
    const [first, second] = outbox.putMany([save('a'), save('b')]) as [string, string];
    outbox.remove(first);
    expect([keysOf(outbox), outbox.size, filesBelow(folder).length]).to.deep.equal([['b'], 1, 1]);
    outbox.remove(second);
    outbox.remove(second);
    expect([keysOf(outbox), outbox.size, outbox.sizeBytes, filesBelow(folder)]).to.deep.equal([[], 0, 0, []]);
  });

  it('reads one entry by its id', () => {
    const outbox = Outbox.open({ folder: newFolder() });
    const [, id] = outbox.putMany([save('a'), save('b')]) as [string, string];
    expect(outbox.read(id)?.key).to.equal('b');
    outbox.remove(id);
    expect(outbox.read(id)).to.equal(undefined);
  });

  it('many changes cost two fsyncs, that of the file and that of its folder', () => {
    const folder = newFolder();
    const { fs: port, operations } = faultyFs({ under: folder });
    Outbox.open({ folder, fs: port }).putMany(Array.from({ length: 200 }, (_, i) => save(`key ${i}`)));
    expect(operations.filter(({ call }) => call === 'fsyncSync').length).to.equal(2);
  });

  it('the folder and the file are for their owner alone', function () {
    if (process.platform === 'win32') this.skip();
    const folder = newFolder();
    Outbox.open({ folder });
    expect(fs.statSync(folder).mode & 0o777).to.equal(0o700);
  });

  it('a folder that others can write to, or a link, is refused', function () {
    if (process.platform === 'win32') this.skip();
    const open = newFolder();
    fs.mkdirSync(open);
    fs.chmodSync(open, 0o777);
    const link = newFolder();
    fs.symlinkSync(temporaryFolder(), link);
    for (const folder of [open, link])
      expect(() => Outbox.open({ folder }))
        .to.throw(CacheError)
        .with.property('code', 'CACHE_FOLDER_UNSAFE');
  });

  it('the oldest is dropped where it would grow beyond its limits, with one warning', () => {
    const folder = newFolder();
    const events: RunEvent[] = [];
    const outbox = Outbox.open({ folder, limits: { maxEntries: 16 }, onEvent: (event) => events.push(event) });
    for (let i = 0; i < 20; i++) outbox.put(save(`key ${i}`));
    expect(keysOf(outbox)).to.deep.equal(Array.from({ length: 16 }, (_, i) => `key ${i + 4}`));
    expect(filesBelow(folder).length).to.equal(16);
    expect(events.map((event) => event.type === 'warning' && event.code)).to.deep.equal(['CACHE_REMOTE_DEGRADED']);
  });

  it('never takes more bytes than it may, and refuses a value that is larger than all of it', () => {
    const outbox = Outbox.open({ folder: newFolder(), limits: { maxBytes: 10_000 } });
    outbox.putMany(Array.from({ length: 30 }, (_, i) => save(`key ${i}`, 'x'.repeat(600))));
    expect(outbox.sizeBytes).to.be.within(1, 10_000);
    expect(keysOf(outbox).at(-1)).to.equal('key 29');
    expect(outbox.put(save('huge', 'x'.repeat(20_000)))).to.equal(undefined);
    expect(outbox.size).to.be.above(0);
  });

  it('a file that was altered, cut off or is of another format is never sent', () => {
    const damages: ((file: string) => void)[] = [
      (file) => fs.truncateSync(file, fs.statSync(file).size - 1),
      (file) => fs.truncateSync(file, 20),
      (file) => fs.writeFileSync(file, ''),
      (file) => fs.writeFileSync(file, fs.readFileSync(file, 'latin1').replace('value of a', 'VALUE of a'), 'latin1'),
    ];
    for (const damage of damages) {
      const folder = newFolder();
      Outbox.open({ folder }).put(save('a'));
      damage(path.join(folder, filesBelow(folder)[0] as string));
      const events: RunEvent[] = [];
      const outbox = Outbox.open({ folder, onEvent: (event) => events.push(event) });
      expect(keysOf(outbox)).to.deep.equal([]);
      expect(events.map(({ type }) => type)).to.deep.equal(['document-corrupt']);
      expect([outbox.size, filesBelow(folder)]).to.deep.equal([0, []]);
    }
  });

  it('two processes may send at once: what the other one removed counts as sent', () => {
    const folder = newFolder();
    Outbox.open({ folder }).putMany([save('a'), save('b')]);
    const [one, other] = [Outbox.open({ folder }), Outbox.open({ folder })];
    for (const { id } of Array.from(one.entries())) one.remove(id);
    expect(keysOf(other)).to.deep.equal([]);
    expect(other.size).to.equal(0);
  });

  it('a write that fails throws and leaves the rest as it was', () => {
    const folder = newFolder();
    Outbox.open({ folder }).put(save('a'));
    for (const call of ['writeSync', 'fsyncSync', 'renameSync'])
      for (let at = 1; at <= 2; at++) {
        const { fs: port, operations } = faultyFs({
          under: folder,
          fault: { kind: 'errno', at, code: 'ENOSPC' },
          counts: (name) => name === call,
        });
        try {
          Outbox.open({ folder, fs: port }).put(save(call));
        } catch (error) {
          expect((error as { code?: string }).code, call).to.equal('ENOSPC');
        }
        expect(operations.length).to.be.above(0);
        expect(keysOf(Outbox.open({ folder }))).to.include('a');
        expect(filesBelow(folder).filter((name) => name.startsWith('.tmp-'))).to.deep.equal([]);
      }
  });

  it('a kill at any step keeps what was put before, and all or nothing of what was being put', () => {
    const script = childScript('outbox-child');
    let kills = 0;
    for (let at = 1; ; at += 3) {
      const folder = newFolder();
      const when = at % 2 === 0 ? 'after' : 'half-way';
      const fault: Fault = { kind: 'kill', at, when };
      const { signal, status } = spawnSync(process.execPath, [script, JSON.stringify({ folder, fault })]);
      const keys = keysOf(Outbox.open({ folder }));
      expect([[], ['first'], ['first', 'second', 'third']]).to.deep.include(keys);
      if (signal === null) {
        expect([status, keys.length]).to.deep.equal([0, 3]);
        break;
      }
      kills++;
    }
    expect(kills).to.be.at.least(3);
  });

  it('lies in the caches of the user, in a folder of its own for each store', () => {
    const environment = { HOME: '/home/somebody', XDG_CACHE_HOME: '/caches' };
    const one = defaultOutboxFolder('redis://one', environment);
    expect(one).to.match(/^.caches.documee.outbox.[0-9a-f]{64}$/);
    expect(defaultOutboxFolder('redis://other', environment)).to.not.equal(one);
    expect(defaultOutboxFolder('redis://one', { ...environment, XDG_CACHE_HOME: 'relative' })).to.match(/somebody/);
    expect(path.isAbsolute(defaultOutboxFolder('redis://one', {}))).to.equal(true);
  });
});
