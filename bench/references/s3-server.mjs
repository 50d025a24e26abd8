// An S3 server in a process of its own, so that it takes no time from the clients that are measured. Prints its address.
import { startFauxqs } from 'fauxqs';

const server = await startFauxqs({ port: 0, logger: false });
server.createBucket('bench');
console.log(`http://127.0.0.1:${server.port}`);
