import { startFauxqs } from 'fauxqs';
import type { TestServer } from './server.js';

export interface S3Server extends TestServer {
  readonly endpoint: string;
  readonly bucket: string;
}

/** An S3 server out of npm, in this process. It takes any credentials and does not keep to conditions. */
export async function startS3(bucket = 'cache'): Promise<S3Server> {
  const server = await startFauxqs({ port: 0, logger: false });
  server.createBucket(bucket);
  let stopped: Promise<void> | undefined;
  return {
    url: `s3://${bucket}`,
    endpoint: `http://127.0.0.1:${server.port}`,
    bucket,
    stop: () => (stopped ??= server.stop()),
    kill: () => {
      stopped ??= server.stop();
    },
  };
}
