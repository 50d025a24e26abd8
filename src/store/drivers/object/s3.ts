import type * as S3Package from '@aws-sdk/client-s3';
import type { HeadObjectCommand, S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { loadPackage } from '../../../util/load-package.js';
import type {
  ConnectSettings,
  GetOptions,
  ListOptions,
  ObjectClient,
  ObjectContent,
  ObjectFailure,
  ObjectHead,
  ObjectPage,
  PutOptions,
  RequestOptions,
} from './object-client.js';
import { ObjectDriver, type ObjectDriverOptions } from './object-driver.js';
import { networkFailure, readReply, statusFailure } from './object-errors.js';

export interface S3Options extends ObjectDriverOptions {
  readonly bucket: string;
  /** Address of a server that speaks S3, e.g. `http://127.0.0.1:9000`. Default: that of AWS, or AWS_ENDPOINT_URL_S3. */
  readonly endpoint?: string;
  /** Default: the SDK's own, e.g. AWS_REGION; `us-east-1` with an `endpoint` where there is none. */
  readonly region?: string;
  /** Default: the SDK's own chain: AWS_ACCESS_KEY_ID, profiles, roles, metadata services. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** The bucket stands in the path, not in the host's name. Default: true with an `endpoint`. */
  readonly pathStyle?: boolean;
  /** When requests and replies carry CRC32 sums; older servers refuse them. Default: `WHEN_REQUIRED` with an `endpoint`, else `WHEN_SUPPORTED`. */
  readonly checksums?: 'WHEN_SUPPORTED' | 'WHEN_REQUIRED';
}

/** Values in a bucket of S3, or of anything that speaks it. Nothing is sent before `open`. */
export function s3Driver(options: S3Options): ObjectDriver {
  const { bucket, prefix, endpoint, credentials } = options;
  const secrets = [
    credentials?.secretAccessKey,
    credentials?.sessionToken,
    process.env.AWS_SECRET_ACCESS_KEY,
    process.env.AWS_SESSION_TOKEN,
    ...passwordOf(endpoint),
  ].filter((secret) => secret !== undefined && secret !== '');
  const at = endpoint === undefined ? '' : ` at ${hostOf(endpoint)}`;
  return new ObjectDriver(
    {
      description: `s3://${[bucket, prefix].filter((part) => part !== undefined && part !== '').join('/')}${at}`,
      secrets: secrets as string[],
      connect: async (settings) => {
        const s3 = await loadPackage('@aws-sdk/client-s3', () => import('@aws-sdk/client-s3'), 'The store s3:');
        return new S3ObjectClient(s3, new s3.S3Client(configOf(options, settings)), bucket);
      },
    },
    options,
  );
}

function configOf(options: S3Options, { concurrency, timeoutMs }: ConnectSettings): S3ClientConfig {
  const { endpoint, region, credentials, pathStyle = endpoint !== undefined } = options;
  const checksums = options.checksums ?? (endpoint === undefined ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED');
  const agent = { keepAlive: true, maxSockets: concurrency };
  const ownRegion = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  const usedRegion = region ?? (endpoint !== undefined && ownRegion === undefined ? 'us-east-1' : undefined);
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(usedRegion === undefined ? {} : { region: usedRegion }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: pathStyle,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    // `Requests` tries again, since it knows what a try may have done.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

class S3ObjectClient implements ObjectClient {
  readonly deleteBatch = 1000;
  readonly #s3: typeof S3Package;
  readonly #client: S3Client;
  readonly #bucket: string;
  #deletesMany = true;

  constructor(s3: typeof S3Package, client: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#client = client;
    this.#bucket = bucket;
  }

  async get(name: string, { maxBytes, signal }: GetOptions): Promise<ObjectContent | 'too-large' | undefined> {
    try {
      const command = new this.#s3.GetObjectCommand({ Bucket: this.#bucket, Key: name });
      const reply = await this.#client.send(command, { abortSignal: signal });
      const stream = reply.Body as unknown as AsyncIterable<Uint8Array>;
      const bytes = await readReply(stream, reply.ContentLength, maxBytes);
      return bytes === 'too-large' ? bytes : { bytes, metadata: reply.Metadata ?? {} };
    } catch (error) {
      if (codeOf(error) === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  async put(name: string, bytes: Uint8Array, { condition, metadata, signal }: PutOptions) {
    const command = new this.#s3.PutObjectCommand({
      Bucket: this.#bucket,
      Key: name,
      Body: bytes,
      ContentType: 'application/octet-stream',
      Metadata: metadata,
      ...(condition?.if === 'absent' ? { IfNoneMatch: '*' } : {}),
      ...(condition?.if === 'version' ? { IfMatch: condition.version } : {}),
    });
    try {
      const reply = await this.#client.send(command, { abortSignal: signal });
      return { version: reply.ETag ?? '' };
    } catch (error) {
      if (condition !== undefined && isRefusal(error, condition.if)) return 'refused';
      throw error;
    }
  }

  async head(name: string, { signal }: RequestOptions): Promise<ObjectHead | undefined> {
    const command = new this.#s3.HeadObjectCommand({ Bucket: this.#bucket, Key: name });
    const answeredAt = watchDate(command);
    try {
      const reply = await this.#client.send(command, { abortSignal: signal });
      return {
        sizeBytes: reply.ContentLength ?? 0,
        version: reply.ETag ?? '',
        modifiedAt: reply.LastModified?.getTime() ?? 0,
        answeredAt: answeredAt(),
        metadata: reply.Metadata ?? {},
      };
    } catch (error) {
      // The reply to HEAD has no body, and so no code that tells a missing object from a missing bucket, which `open` has seen.
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async deleteMany(names: readonly string[], { signal }: RequestOptions): Promise<void> {
    if (this.#deletesMany) {
      try {
        await this.#deleteTogether(names, signal);
        return;
      } catch (error) {
        // Some servers know only the old way to prove the list of names, some only to delete one by one.
        if (![400, 405, 411, 501].includes(statusOf(error) ?? 0)) throw error;
        this.#deletesMany = false;
      }
    }
    for (const Key of names)
      await this.#client.send(new this.#s3.DeleteObjectCommand({ Bucket: this.#bucket, Key }), { abortSignal: signal });
  }

  async list(prefix: string, { cursor, limit, signal }: ListOptions): Promise<ObjectPage> {
    const command = new this.#s3.ListObjectsV2Command({
      Bucket: this.#bucket,
      Prefix: prefix,
      MaxKeys: limit,
      ...(cursor === undefined ? {} : { ContinuationToken: cursor }),
    });
    const reply = await this.#client.send(command, { abortSignal: signal });
    return {
      objects: (reply.Contents ?? []).flatMap(({ Key }) =>
        Key === undefined ? [] : { name: Key, metadata: undefined },
      ),
      next: reply.IsTruncated === true ? reply.NextContinuationToken : undefined,
    };
  }

  failureOf(error: unknown): ObjectFailure {
    const code = codeOf(error);
    if (error instanceof Error && error.message === 'Region is missing')
      return { ...OTHER, problem: 'no region is named: give one, or set AWS_REGION' };
    return FAILURES[code] ?? networkFailure(error) ?? statusFailure(statusOf(error)) ?? OTHER;
  }

  close(): void {
    this.#client.destroy();
  }

  async #deleteTogether(names: readonly string[], signal: AbortSignal): Promise<void> {
    const command = new this.#s3.DeleteObjectsCommand({
      Bucket: this.#bucket,
      Delete: { Quiet: true, Objects: names.map((Key) => ({ Key })) },
    });
    const reply = await this.#client.send(command, { abortSignal: signal });
    const failed = reply.Errors?.find(({ Code }) => Code !== 'NoSuchKey');
    if (failed !== undefined)
      throw Object.assign(new Error(failed.Message ?? 'objects could not be deleted'), {
        name: failed.Code ?? 'Error',
      });
  }
}

const OTHER: ObjectFailure = { failure: 'failed', isTransient: false };
const DENIED: ObjectFailure = { failure: 'denied', isTransient: false };
const UNAVAILABLE: ObjectFailure = { failure: 'unavailable', isTransient: true };
const FULL: ObjectFailure = { failure: 'full', isTransient: false };

/** By the code in the reply, which says more than its status. */
const FAILURES: Readonly<Partial<Record<string, ObjectFailure>>> = {
  SignatureDoesNotMatch: DENIED,
  InvalidAccessKeyId: DENIED,
  AccessDenied: DENIED,
  AccountProblem: DENIED,
  ExpiredToken: DENIED,
  InvalidToken: DENIED,
  CredentialsProviderError: {
    failure: 'denied',
    problem: 'no credentials were found, neither in the configuration nor where the SDK looks for them',
    isTransient: false,
  },
  RequestTimeTooSkewed: { ...DENIED, problem: 'the clocks of this machine and of the server differ too much' },
  NoSuchBucket: { failure: 'missing', isTransient: false },
  SlowDown: UNAVAILABLE,
  ServiceUnavailable: UNAVAILABLE,
  InternalError: UNAVAILABLE,
  RequestTimeout: UNAVAILABLE,
  OperationAborted: UNAVAILABLE,
  ConditionalRequestConflict: UNAVAILABLE,
  QuotaExceeded: FULL,
  XMinioStorageFull: FULL,
  EntityTooLarge: { failure: 'too-large', isTransient: false },
};

/** A condition on a version of an object that has gone is answered with 404. */
function isRefusal(error: unknown, condition: 'absent' | 'version'): boolean {
  const status = statusOf(error);
  return status === 412 || (condition === 'version' && status === 404 && codeOf(error) !== 'NoSuchBucket');
}

/** `Date` of the reply, in ms since the Unix epoch: the SDK does not hand it on. */
function watchDate(command: HeadObjectCommand): () => number | undefined {
  let answeredAt: number | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const date = dateHeader(result.response);
      answeredAt = date === undefined ? undefined : Date.parse(date);
      return result;
    },
    { step: 'deserialize', name: 'documeeServerDate', override: true },
  );
  return () => (Number.isNaN(answeredAt) ? undefined : answeredAt);
}

function dateHeader(response: unknown): string | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const headers = response.headers as Partial<Record<string, string>>;
  return headers.date;
}

function codeOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  return (error.$metadata as { httpStatusCode?: number } | undefined)?.httpStatusCode;
}

/** An address without user and password. */
function hostOf(endpoint: string): string {
  try {
    return new URL(endpoint).host;
  } catch {
    return 'an address that cannot be read';
  }
}

function passwordOf(endpoint: string | undefined): string[] {
  try {
    const { password } = new URL(endpoint ?? '');
    return [password, decodeURIComponent(password)];
  } catch {
    return [];
  }
}
