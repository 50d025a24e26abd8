/** Puts three changes into an outbox and is killed on the way; exits with 0 if the fault lies behind the end. */
import { Outbox, type OutboxChange } from '../../src/store/outbox.js';
import { faultyFs, type Fault } from './fault-fs.js';

const { folder, fault } = JSON.parse(process.argv[2] ?? '{}') as { folder: string; fault: Fault };
const save = (key: string): OutboxChange => ({ action: 'save', key, bytes: Buffer.from(key), expiresAt: undefined });
const outbox = Outbox.open({ folder, fs: faultyFs({ under: folder, fault }).fs });
outbox.put(save('first'));
outbox.putMany([save('second'), save('third')]);
