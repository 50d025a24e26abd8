import http from 'node:http';
import https from 'node:https';
import type * as AzurePackage from '@azure/storage-blob';
import type { BlobItem, ContainerClient, RequestPolicy, RequestPolicyFactory } from '@azure/storage-blob';
import { CacheError } from '../../../model/errors.js';
import { loadPackage } from '../../../util/load-package.js';
import type {
  ConnectSettings,
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

export interface AzureOptions extends ObjectDriverOptions {
  readonly container: string;
  /** Holds address and credentials. Default: AZURE_STORAGE_CONNECTION_STRING, unless an account is named. */
  readonly connectionString?: string;
  /** Default: AZURE_STORAGE_ACCOUNT. */
  readonly account?: string;
  /** Default: AZURE_STORAGE_KEY, unless there is a `sasToken`. */
  readonly accountKey?: string;
  /** A shared access signature, with or without the `?`. Default: AZURE_STORAGE_SAS_TOKEN. */
  readonly sasToken?: string;
  /** Address of the blob service. Default: `https://ACCOUNT.blob.core.windows.net`. */
  readonly endpoint?: string;
}

/** Where the container is, and what opens it. */
interface Target {
  readonly url: string;
  readonly account: string;
  readonly key: string | undefined;
  readonly sas: string | undefined;
}

/** Values in a container of Azure Blob Storage. Nothing is sent before `open`. @throws CacheError CACHE_BAD_STORE where no account is named. */
export function azureDriver(options: AzureOptions): ObjectDriver {
  const target = targetOf(options);
  const { container, prefix } = options;
  const place = [container, prefix].filter((part) => part !== undefined && part !== '').join('/');
  return new ObjectDriver(
    {
      description: `azure://${place} at ${new URL(target.url).host}`,
      secrets: secretsOf(target),
      connect: async (settings) => {
        const azure = await loadPackage('@azure/storage-blob', () => import('@azure/storage-blob'), 'The store azure:');
        return connect(azure, container, target, settings);
      },
    },
    options,
  );
}

function targetOf(options: AzureOptions): Target {
  const { env } = process;
  const named = options.account ?? options.endpoint;
  const text = options.connectionString ?? (named === undefined ? env.AZURE_STORAGE_CONNECTION_STRING : undefined);
  const given = text === undefined ? undefined : readConnectionString(text);
  const account = options.account ?? given?.account ?? env.AZURE_STORAGE_ACCOUNT ?? '';
  const sas = options.sasToken ?? given?.sas ?? (options.accountKey === undefined ? env.AZURE_STORAGE_SAS_TOKEN : '');
  const hasSas = sas !== undefined && sas !== '';
  const key = options.accountKey ?? given?.key ?? (hasSas ? undefined : env.AZURE_STORAGE_KEY);
  const url = options.endpoint ?? given?.url ?? (account === '' ? '' : `https://${account}.blob.core.windows.net`);
  if (!URL.canParse(url)) throw badAzure('no account is named, or its address cannot be read');
  if (key !== undefined && account === '') throw badAzure('there is a key and no name of the account');
  return { url: url.replace(/\/+$/u, ''), account, key, sas: hasSas ? sas.replace(/^\?/u, '') : undefined };
}

/** `Name=value;…`, as the portal shows it. */
function readConnectionString(text: string): Partial<Omit<Target, 'account'>> & { account?: string } {
  const fields = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) fields.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  if (fields.get('usedevelopmentstorage')?.toLowerCase() === 'true') return DEVELOPMENT;
  const account = fields.get('accountname');
  const protocol = fields.get('defaultendpointsprotocol') ?? 'https';
  const suffix = fields.get('endpointsuffix') ?? 'core.windows.net';
  const url =
    fields.get('blobendpoint') ?? (account === undefined ? undefined : `${protocol}://${account}.blob.${suffix}`);
  if (url === undefined) throw badAzure('the connection string names no account and no BlobEndpoint');
  const key = fields.get('accountkey');
  const sas = fields.get('sharedaccesssignature');
  return {
    url,
    ...(account === undefined ? {} : { account }),
    ...(key === undefined ? {} : { key }),
    ...(sas === undefined ? {} : { sas }),
  };
}

/** The account of the emulator, which is the same everywhere and documented. */
const DEVELOPMENT = {
  url: 'http://127.0.0.1:10000/devstoreaccount1',
  account: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

function badAzure(problem: string): CacheError {
  return new CacheError('CACHE_BAD_STORE', `The store azure makes no sense: ${problem}.`, { store: 'azure', problem });
}

/** Also the signature alone, and without percent-encoding, as it may stand in an address that a message shows. */
function secretsOf({ url, key, sas }: Target): string[] {
  const parameters = new URLSearchParams(sas ?? '');
  const { password, searchParams } = new URL(url);
  const signatures = [parameters.get('sig'), searchParams.get('sig')];
  return [key, sas, password, ...signatures].filter(
    (text) => text !== undefined && text !== null && text !== '',
  ) as string[];
}

function connect(
  azure: typeof AzurePackage,
  container: string,
  target: Target,
  settings: ConnectSettings,
): ObjectClient {
  const { url, account, key, sas } = target;
  const isHttps = url.startsWith('https:');
  const Agent = isHttps ? https.Agent : http.Agent;
  const agent = new Agent({ keepAlive: true, maxSockets: settings.concurrency });
  const credential =
    sas === undefined && key !== undefined
      ? new azure.StorageSharedKeyCredential(account, key)
      : new azure.AnonymousCredential();
  // `Requests` tries again, since it knows what a try may have done.
  const pipeline = azure.newPipeline(credential, { retryOptions: { maxTries: 1 } });
  pipeline.factories.push(useAgent(agent));
  const service = new azure.BlobServiceClient(sas === undefined ? url : `${url}?${sas}`, pipeline);
  return new AzureObjectClient(service.getContainerClient(container), agent);
}

/** The SDK shares its connections in the process, and cannot end them. */
function useAgent(agent: http.Agent): RequestPolicyFactory {
  return {
    create: (next: RequestPolicy): RequestPolicy => ({
      sendRequest: (request) => {
        // Passed through to the request, and not in the type.
        Object.assign(request, { agent });
        return next.sendRequest(request);
      },
    }),
  };
}

class AzureObjectClient implements ObjectClient {
  /** The batches of Azure are one request each on the server, too, and are not offered everywhere. */
  readonly deleteBatch = 1;
  readonly #container: ContainerClient;
  readonly #agent: http.Agent;

  constructor(container: ContainerClient, agent: http.Agent) {
    this.#container = container;
    this.#agent = agent;
  }

  async get(name: string, { maxBytes, signal }: GetOptions): Promise<ObjectContent | 'too-large' | undefined> {
    try {
      const blob = this.#container.getBlobClient(name);
      const reply = await blob.download(0, undefined, { abortSignal: signal, maxRetryRequests: 0 });
      const stream = reply.readableStreamBody as (AsyncIterable<Uint8Array> & { destroy?: () => unknown }) | undefined;
      const bytes = await readReply(stream ?? noBytes(), reply.contentLength, maxBytes);
      return bytes === 'too-large' ? bytes : { bytes, metadata: metadataOf(reply.metadata) };
    } catch (error) {
      if (codeOf(error) === 'BlobNotFound') return undefined;
      throw error;
    }
  }

  async put(name: string, bytes: Uint8Array, { condition, metadata, signal }: PutOptions) {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    try {
      const reply = await this.#container.getBlockBlobClient(name).upload(body, body.length, {
        abortSignal: signal,
        metadata: { ...metadata },
        conditions: {
          ...(condition?.if === 'absent' ? { ifNoneMatch: '*' } : {}),
          ...(condition?.if === 'version' ? { ifMatch: condition.version } : {}),
        },
      });
      return { version: reply.etag ?? '' };
    } catch (error) {
      const isRefused = REFUSALS.has(codeOf(error)) || statusOf(error) === 412;
      if (condition !== undefined && isRefused) return 'refused';
      throw error;
    }
  }

  async head(name: string, { signal }: RequestOptions): Promise<ObjectHead | undefined> {
    try {
      const reply = await this.#container.getBlobClient(name).getProperties({ abortSignal: signal });
      return {
        sizeBytes: reply.contentLength ?? 0,
        version: reply.etag ?? '',
        modifiedAt: reply.lastModified?.getTime() ?? 0,
        answeredAt: reply.date?.getTime(),
        metadata: metadataOf(reply.metadata),
      };
    } catch (error) {
      if (statusOf(error) === 404 && codeOf(error) !== 'ContainerNotFound') return undefined;
      throw error;
    }
  }

  async deleteMany(names: readonly string[], { signal }: RequestOptions): Promise<void> {
    for (const name of names) await this.#container.getBlobClient(name).deleteIfExists({ abortSignal: signal });
  }

  async list(prefix: string, { cursor, limit, signal }: ListOptions): Promise<ObjectPage> {
    const pages = this.#container
      .listBlobsFlat({ prefix, includeMetadata: true, abortSignal: signal })
      .byPage({ maxPageSize: limit, ...(cursor === undefined ? {} : { continuationToken: cursor }) });
    const result = (await pages.next()) as IteratorResult<
      { readonly segment: { readonly blobItems: readonly BlobItem[] }; readonly continuationToken?: string },
      undefined
    >;
    const page = result.value;
    if (page === undefined) return { objects: [], next: undefined };
    return {
      objects: page.segment.blobItems.map(({ name, metadata }) => ({ name, metadata: metadataOf(metadata) })),
      next: page.continuationToken === '' ? undefined : page.continuationToken,
    };
  }

  failureOf(error: unknown): ObjectFailure {
    return FAILURES[codeOf(error)] ?? networkFailure(error) ?? statusFailure(statusOf(error)) ?? OTHER;
  }

  close(): void {
    this.#agent.destroy();
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['BlobAlreadyExists', 'ConditionNotMet']);

const OTHER: ObjectFailure = { failure: 'failed', isTransient: false };
const DENIED: ObjectFailure = { failure: 'denied', isTransient: false };

/** By the code in the reply, which says more than its status. */
const FAILURES: Readonly<Partial<Record<string, ObjectFailure>>> = {
  AuthenticationFailed: { ...DENIED, problem: 'the server refused the key or signature' },
  AuthorizationFailure: DENIED,
  AuthorizationPermissionMismatch: DENIED,
  NoAuthenticationInformation: DENIED,
  InvalidAuthenticationInfo: DENIED,
  AccountIsDisabled: DENIED,
  ResourceNotFound: { failure: 'missing', isTransient: false },
  ContainerNotFound: { failure: 'missing', isTransient: false },
  ContainerBeingDeleted: { failure: 'missing', isTransient: false },
  ServerBusy: { failure: 'unavailable', isTransient: true },
  OperationTimedOut: { failure: 'unavailable', isTransient: true },
  InternalError: { failure: 'unavailable', isTransient: true },
  AccountLimitExceeded: { failure: 'full', isTransient: false },
  RequestBodyTooLarge: { failure: 'too-large', isTransient: false },
};

/** Some servers change the case of names. */
function metadataOf(metadata: Readonly<Record<string, string>> | undefined): ObjectMetadata {
  return Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const details = 'details' in error ? (error.details as { errorCode?: unknown } | undefined) : undefined;
  const code = details?.errorCode ?? ('code' in error ? error.code : undefined);
  return typeof code === 'string' ? code : '';
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  // An empty blob may come without a stream.
}
