/**
 * The part of S3 that `src/store/drivers/object/s3.ts` uses, strict where the S3 servers on npm are not: signatures (version 4) are verified,
 * `If-None-Match: *` and `If-Match` are kept to, listings are cut into pages in the order of UTF-8 and encoded. Faults follow a script.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestServer } from './server.js';

export interface Fault {
  /** Of the requests that it is for; the fault is for the first such request only, or for `times` of them. */
  readonly method?: string;
  /** Part of the path. */
  readonly path?: string;
  readonly times?: number;
  readonly then:
    | { readonly kind: 'status'; readonly status: number; readonly code: string }
    /** The head of the reply says how much comes; half of it does. */
    | { readonly kind: 'cut' }
    /** The connection ends after the request was carried out, before a reply. */
    | { readonly kind: 'lose-reply' }
    | { readonly kind: 'delay'; readonly ms: number };
}

export interface FakeS3 extends TestServer {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Faults to come, first to last. */
  readonly faults: Fault[];
  /** Names of the objects. */
  names(): string[];
  /** `METHOD path` of the requests so far. */
  readonly requests: string[];
  /** Most requests that were in flight at once. */
  mostInFlight(): number;
}

export interface FakeS3Options {
  readonly bucket?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Of one page of a listing, at most. */
  readonly pageSize?: number;
  /** As Swift does: 501 to a condition. */
  readonly refusesConditions?: boolean;
}

interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modifiedAt: Date;
  readonly metadata: Readonly<Record<string, string>>;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message = code,
  ) {
    super(message);
  }
}

export async function startFakeS3(options: FakeS3Options = {}): Promise<FakeS3> {
  const bucket = options.bucket ?? 'cache';
  const accessKeyId = options.accessKeyId ?? 'test-id';
  const secretAccessKey = options.secretAccessKey ?? 'test-secret';
  const objects = new Map<string, StoredObject>();
  const faults: Fault[] = [];
  const requests: string[] = [];
  let inFlight = 0;
  let most = 0;

  const server = http.createServer((request, response) => {
    most = Math.max(most, ++inFlight);
    response.once('close', () => inFlight--);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => response.destroy());
    request.on('end', () => {
      requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      const fault = takeFault(faults, request);
      if (fault?.kind === 'delay') {
        setTimeout(() => answer(request, response, Buffer.concat(chunks), undefined), fault.ms).unref();
      } else answer(request, response, Buffer.concat(chunks), fault);
    });
  });

  function answer(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    body: Buffer,
    fault: Fault['then'] | undefined,
  ): void {
    try {
      if (fault?.kind === 'status') throw new Refusal(fault.status, fault.code);
      verifySignature(request, body, accessKeyId, secretAccessKey);
      const reply = handle(request, body);
      if (fault?.kind === 'lose-reply') return void request.socket.destroy();
      response.writeHead(reply.status, { 'content-length': reply.body.length, ...reply.headers });
      if (fault?.kind === 'cut') {
        response.write(reply.body.subarray(0, Math.floor(reply.body.length / 2)), () => request.socket.destroy());
        return;
      }
      response.end(request.method === 'HEAD' ? undefined : reply.body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message></Error>`;
      response.writeHead(error.status, { 'content-type': 'application/xml' });
      response.end(request.method === 'HEAD' ? undefined : xml);
    }
  }

  interface Reply {
    readonly status: number;
    readonly headers: http.OutgoingHttpHeaders;
    readonly body: Buffer;
  }

  function handle(request: http.IncomingMessage, body: Buffer): Reply {
    const [path = '', search = ''] = (request.url ?? '').split('?', 2);
    const query = new URLSearchParams(search);
    const slash = path.indexOf('/', 1);
    const named = decodeURIComponent(slash < 0 ? path.slice(1) : path.slice(1, slash));
    const name = slash < 0 ? '' : decodeURIComponent(path.slice(slash + 1));
    if (named !== bucket) throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (name === '' && request.method === 'GET') return list(query);
    if (name === '' && request.method === 'POST' && query.has('delete')) return deleteSome(body);
    switch (request.method) {
      case 'PUT':
        return put(name, body, request.headers);
      case 'GET':
      case 'HEAD':
        return get(name);
      case 'DELETE':
        objects.delete(name);
        return { status: 204, headers: {}, body: Buffer.alloc(0) };
      default:
        throw new Refusal(405, 'MethodNotAllowed');
    }
  }

  function put(name: string, body: Buffer, headers: http.IncomingHttpHeaders): Reply {
    const ifNoneMatch = headers['if-none-match'];
    const ifMatch = headers['if-match'];
    if (options.refusesConditions === true && (ifNoneMatch ?? ifMatch) !== undefined)
      throw new Refusal(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented.');
    if (Buffer.byteLength(name) > 1024) throw new Refusal(400, 'KeyTooLongError');
    const old = objects.get(name);
    if (ifNoneMatch === '*' && old !== undefined) throw new Refusal(412, 'PreconditionFailed');
    if (ifMatch !== undefined && old === undefined) throw new Refusal(404, 'NoSuchKey');
    if (ifMatch !== undefined && old?.etag !== ifMatch) throw new Refusal(412, 'PreconditionFailed');
    const metadata: Record<string, string> = {};
    for (const [key, value] of Object.entries(headers))
      if (key.startsWith('x-amz-meta-')) metadata[key.slice(11)] = String(value);
    if (Object.entries(metadata).flat().join('').length > 2048) throw new Refusal(400, 'MetadataTooLarge');
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    objects.set(name, { bytes: body, etag, modifiedAt: new Date(), metadata });
    return { status: 200, headers: { etag }, body: Buffer.alloc(0) };
  }

  function get(name: string): Reply {
    const object = objects.get(name);
    if (object === undefined) throw new Refusal(404, 'NoSuchKey', 'The specified key does not exist.');
    const { etag, modifiedAt, metadata, bytes } = object;
    const own = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-amz-meta-${key}`, value]));
    return { status: 200, headers: { etag, 'last-modified': modifiedAt.toUTCString(), ...own }, body: bytes };
  }

  function deleteSome(body: Buffer): Reply {
    for (const [, key = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/gu)) objects.delete(unescapeXml(key));
    return xmlReply('<DeleteResult></DeleteResult>');
  }

  function list(query: URLSearchParams): Reply {
    const prefix = query.get('prefix') ?? '';
    const token = query.get('continuation-token');
    const after = token === null ? undefined : Buffer.from(token, 'base64url');
    const size = Math.min(Number(query.get('max-keys') ?? 1000), options.pageSize ?? 1000);
    const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : escapeXml;
    const rest = [...objects.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => Buffer.from(name))
      .sort((a, b) => a.compare(b))
      .filter((name) => after === undefined || name.compare(after) > 0);
    const page = rest.slice(0, size);
    const isTruncated = rest.length > size;
    const next = isTruncated
      ? `<NextContinuationToken>${page.at(-1)?.toString('base64url') ?? ''}</NextContinuationToken>`
      : '';
    const contents = page.map((name) => {
      const object = objects.get(name.toString());
      return `<Contents><Key>${encode(name.toString())}</Key><Size>${object?.bytes.length ?? 0}</Size></Contents>`;
    });
    return xmlReply(
      `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
    );
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    url: `s3://${accessKeyId}:${secretAccessKey}@127.0.0.1:${port}/${bucket}`,
    endpoint,
    bucket,
    accessKeyId,
    secretAccessKey,
    faults,
    requests,
    names: () => [...objects.keys()].sort(),
    mostInFlight: () => most,
    stop: () => stopServer(server),
    kill: () => server.closeAllConnections(),
  };
}

/** Ends a server with the connections that clients keep. */
export async function stopServer(server: http.Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

export function takeFault(faults: Fault[], request: http.IncomingMessage): Fault['then'] | undefined {
  const index = faults.findIndex(
    ({ method, path }) =>
      (method === undefined || method === request.method) && (path === undefined || request.url?.includes(path)),
  );
  const fault = faults[index];
  if (fault === undefined) return undefined;
  const times = (fault.times ?? 1) - 1;
  if (times === 0) faults.splice(index, 1);
  else faults[index] = { ...fault, times };
  return fault.then;
}

/** AWS Signature Version 4 in the `Authorization` header. */
function verifySignature(request: http.IncomingMessage, body: Buffer, id: string, secret: string): void {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d+)\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/u.exec(
      request.headers.authorization ?? '',
    );
  if (match === null) throw new Refusal(403, 'AccessDenied', 'Access Denied');
  const [, givenId = '', day = '', region = '', signedHeaders = '', signature = ''] = match;
  if (givenId !== id) throw new Refusal(403, 'InvalidAccessKeyId', 'The AWS Access Key Id does not exist.');
  const contentHash = String(request.headers['x-amz-content-sha256']);
  const isSigned = /^[0-9a-f]{64}$/u.test(contentHash);
  if (isSigned && sha256(body) !== contentHash) throw new Refusal(400, 'XAmzContentSHA256Mismatch');
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  const query = search === '' ? [] : search.split('&').map((part) => (part.includes('=') ? part : `${part}=`));
  const headers = signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, path, query.sort().join('&'), headers.join(''), signedHeaders, contentHash].join(
    '\n',
  );
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce(
    (key: string | Buffer, part) => hmac(key, part),
    `AWS4${secret}`,
  );
  if (!timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex')))
    throw new Refusal(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.');
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

const xmlReply = (xml: string) => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${xml}`),
});

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' } as const;

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/gu, (char) => ENTITIES[char as keyof typeof ENTITIES]);
}

function unescapeXml(text: string): string {
  let plain = text;
  for (const [char, entity] of Object.entries(ENTITIES).reverse()) plain = plain.replaceAll(entity, char);
  return plain;
}
