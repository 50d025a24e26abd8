/** Commits one batch of the file driver and is killed on the way; exits with 0 if the fault lies behind the end. */
import { FileDriver } from '../../src/store/drivers/file/file-driver.js';
import { faultyFs, type Fault } from './fault-fs.js';

const given = JSON.parse(process.argv[2] ?? '{}') as {
  basePath: string;
  save: readonly (readonly [key: string, text: string])[];
  delete: readonly string[];
  fault: Fault;
};
const save = given.save.map(([key, text]) => ({ key, bytes: Buffer.from(text), expiresAt: undefined }));
const { fs } = faultyFs({ under: given.basePath, fault: given.fault });
await new FileDriver({ basePath: given.basePath, fs }).commit({ save, delete: given.delete });
