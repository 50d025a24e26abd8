import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Bucket, FileMetadata, Storage } from '@google-cloud/storage';
import { systemCode } from '../../../model/errors.js';
import { loadPackage } from '../../../util/load-package.js';
import type {
  GetOptions,
  ListOptions,
  ObjectClient,
  ObjectContent,
  ObjectFailure,
  ObjectHead,
  ObjectMetadata,
  ObjectPage,
  PutOptions,
  RequestOptions,
} from './object-client.js';
import { ObjectDriver, type ObjectDriverOptions } from './object-driver.js';
import { networkFailure, readReply, statusFailure } from './object-errors.js';

export interface GoogleOptions extends ObjectDriverOptions {
  readonly bucket: string;
  /** Address of an emulator, to which no credentials are sent. Default: that of Google, or STORAGE_EMULATOR_HOST. */
  readonly endpoint?: string;
  readonly projectId?: string;
  /** Path of a JSON key. Default: the SDK's own chain, e.g. GOOGLE_APPLICATION_CREDENTIALS and the metadata service. */
  readonly keyFile?: string;
}

/** Values in a bucket of Google Cloud Storage. Nothing is sent before `open`. */
export function googleDriver(options: GoogleOptions): ObjectDriver {
  const { bucket, prefix, endpoint, projectId, keyFile } = options;
  const place = [bucket, prefix].filter((part) => part !== undefined && part !== '').join('/');
  const at = endpoint !== undefined && URL.canParse(endpoint) ? ` at ${new URL(endpoint).host}` : '';
  return new ObjectDriver(
    {
      description: `gs://${place}${at}`,
      secrets: passwordOf(endpoint),
      connect: async ({ timeoutMs }) => {
        const google = await loadPackage(
          '@google-cloud/storage',
          () => import('@google-cloud/storage'),
          'The store gs:',
        );
        const storage = new google.Storage({
          ...(endpoint === undefined ? {} : { apiEndpoint: endpoint, useAuthWithCustomEndpoint: false }),
          ...(projectId === undefined ? {} : { projectId }),
          ...(keyFile === undefined ? {} : { keyFilename: keyFile }),
          // `Requests` tries again, since it knows what a try may have done.
          retryOptions: { autoRetry: false },
        });
        limitTime(storage, timeoutMs);
        return new GoogleObjectClient(storage.bucket(bucket), timeoutMs / 4);
      },
    },
    options,
  );
}

/** The SDK takes no signals: what is given up here ends there by its own clock. */
function limitTime(storage: Storage, timeoutMs: number): void {
  storage.interceptors.push({ request: (request) => Object.assign(request as Intercepted, { timeout: timeoutMs }) });
}

type Intercepted = ReturnType<Storage['interceptors'][number]['request']>;

class GoogleObjectClient implements ObjectClient {
  readonly deleteBatch = 1;
  readonly #bucket: Bucket;
  readonly #stallMs: number;
  #isClosed = false;

  /** @param stallMs a reply of which nothing more comes for so long was cut. */
  constructor(bucket: Bucket, stallMs: number) {
    this.#bucket = bucket;
    this.#stallMs = stallMs;
  }

  async get(name: string, { maxBytes, signal }: GetOptions): Promise<ObjectContent | 'too-large' | undefined> {
    const stream = this.#bucket.file(name).createReadStream({ validation: false, decompress: false });
    const stop = () => stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const reply = await new Promise<MediaReply>((resolve, reject) => {
        stream.once('response', resolve).once('error', reject);
        // The request is sent when somebody wants to read.
        stream.read(0);
      });
      if (reply.statusCode >= 300) await failed(stream);
      const length = reply.headers['x-goog-stored-content-length'] ?? reply.headers['content-length'];
      const bytes = await readReply(
        untilStall(stream, this.#stallMs),
        length === undefined ? undefined : Number(length),
        maxBytes,
      );
      // Metadata come with another request only: what we wrote has them in its envelope, too.
      return bytes === 'too-large' ? bytes : { bytes, metadata: undefined };
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async put(name: string, bytes: Uint8Array, { condition, metadata }: PutOptions) {
    const file = this.#bucket.file(name);
    const generation = condition?.if === 'version' ? condition.version : 0;
    try {
      await file.save(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
        resumable: false,
        validation: false,
        contentType: 'application/octet-stream',
        metadata: { metadata: { ...metadata } },
        ...(condition === undefined ? {} : { preconditionOpts: { ifGenerationMatch: generation } }),
      });
      return { version: String(file.metadata.generation) };
    } catch (error) {
      if (condition !== undefined && statusOf(error) === 412) return 'refused';
      throw error;
    }
  }

  async head(name: string): Promise<ObjectHead | undefined> {
    try {
      const [found, response] = (await this.#bucket.file(name).getMetadata()) as [FileMetadata, MediaReply];
      const answeredAt = Date.parse(response.headers.date ?? '');
      return {
        sizeBytes: Number(found.size ?? 0),
        version: String(found.generation),
        modifiedAt: Date.parse(found.updated ?? ''),
        answeredAt: Number.isNaN(answeredAt) ? undefined : answeredAt,
        metadata: metadataOf(found),
      };
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    }
  }

  async deleteMany(names: readonly string[], _options: RequestOptions): Promise<void> {
    for (const name of names) await this.#bucket.file(name).delete({ ignoreNotFound: true });
  }

  async list(prefix: string, { cursor, limit }: ListOptions): Promise<ObjectPage> {
    const [files, next] = await this.#bucket.getFiles({
      prefix,
      autoPaginate: false,
      maxResults: limit,
      fields: 'items(name,metadata),nextPageToken',
      ...(cursor === undefined ? {} : { pageToken: cursor }),
    });
    const token = (next as { pageToken?: string } | null)?.pageToken;
    return {
      // With `fields` the SDK hands on what came, and makes no files of it.
      objects: (files as unknown as FileMetadata[]).map((listed) => ({
        name: String(listed.name),
        metadata: metadataOf(listed),
      })),
      next: token,
    };
  }

  failureOf(error: unknown): ObjectFailure {
    const status = statusOf(error);
    if (this.#isClosed) return { failure: 'unavailable', isTransient: false };
    if (status === 404) return { failure: 'missing', isTransient: false };
    if (error instanceof Error && /could not load the default credentials|invalid_grant/iu.test(error.message)) {
      const problem = 'no credentials were found that Google takes';
      return { failure: 'denied', problem, isTransient: false };
    }
    if (['ENOENT', 'EACCES', 'EISDIR'].includes(systemCode(error) ?? ''))
      return { failure: 'denied', problem: 'the key file cannot be read', isTransient: false };
    const isFull = error instanceof Error && /quota/iu.test(error.message) && status === 403;
    if (isFull) return { failure: 'full', isTransient: false };
    return networkFailure(error) ?? statusFailure(status) ?? { failure: 'failed', isTransient: false };
  }

  /** The SDK shares its connections in the process; those that are idle keep no process alive. */
  close(): void {
    this.#isClosed = true;
  }
}

interface MediaReply {
  readonly statusCode: number;
  readonly headers: Readonly<Partial<Record<string, string>>>;
}

/** The SDK's stream neither ends nor fails where the connection is lost in the middle of a reply: teeny-request drops the error. */
async function* untilStall(stream: Readable, stallMs: number): AsyncGenerator<Uint8Array> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  try {
    for (;;) {
      const timer = setTimeout(() => stream.destroy(new Error(`nothing came for ${stallMs} ms`)), stallMs);
      const { done, value } = await chunks.next().finally(() => clearTimeout(timer));
      if (done === true) return;
      yield value;
    }
  } finally {
    stream.destroy();
  }
}

/** The stream of a reply that is no success ends with the error. */
async function failed(stream: Readable): Promise<void> {
  await finished(stream.resume());
}

function isMissingObject(error: unknown): boolean {
  return statusOf(error) === 404 && !/bucket does not exist/iu.test(error instanceof Error ? error.message : '');
}

function metadataOf({ metadata }: FileMetadata): ObjectMetadata {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return Object.fromEntries(entries) as ObjectMetadata;
}

function statusOf(error: unknown): number | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}

function passwordOf(endpoint: string | undefined): string[] {
  if (endpoint === undefined || !URL.canParse(endpoint)) return [];
  const { password } = new URL(endpoint);
  return password === '' ? [] : [password];
}
