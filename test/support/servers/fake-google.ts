/** The part of the JSON API of Google Cloud Storage that its SDK uses for `src/store/drivers/object/google.ts`. Faults follow a script. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { stopServer, takeFault, type Fault } from './fake-s3.js';
import type { TestServer } from './server.js';

export interface FakeGoogle extends TestServer {
  readonly endpoint: string;
  readonly bucket: string;
  /** Faults to come, first to last. */
  readonly faults: Fault[];
  readonly requests: string[];
  names(): string[];
}

export interface FakeGoogleOptions {
  readonly bucket?: string;
  /** Of one page of a listing, at most. */
  readonly pageSize?: number;
}

interface StoredObject {
  readonly bytes: Buffer;
  readonly generation: number;
  readonly updated: string;
  readonly metadata: Readonly<Record<string, string>>;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface Reply {
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body: Buffer;
}

export async function startFakeGoogle({
  bucket = 'cache',
  pageSize = 1000,
}: FakeGoogleOptions = {}): Promise<FakeGoogle> {
  const objects = new Map<string, StoredObject>();
  const faults: Fault[] = [];
  const requests: string[] = [];
  let generations = 1_700_000_000_000_000;

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => response.destroy());
    request.on('end', () => {
      requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      const fault = takeFault(faults, request);
      if (fault?.kind === 'delay') setTimeout(() => answer(request, response, chunks, undefined), fault.ms).unref();
      else answer(request, response, chunks, fault);
    });
  });

  function answer(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    chunks: readonly Buffer[],
    fault: Fault['then'] | undefined,
  ): void {
    try {
      if (fault?.kind === 'status') throw new Refusal(fault.status, fault.code);
      const { status = 200, headers = {}, body } = handle(request, Buffer.concat(chunks));
      if (fault?.kind === 'lose-reply') return void request.socket.destroy();
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length, ...headers });
      if (fault?.kind === 'cut') {
        response.write(body.subarray(0, Math.floor(body.length / 2)), () => request.socket.destroy());
        return;
      }
      response.end(body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status: code, message } = error;
      response.writeHead(code, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code, message, errors: [{ message, reason: 'fake' }] } }));
    }
  }

  function handle(request: http.IncomingMessage, body: Buffer): Reply {
    const url = new URL(request.url ?? '', 'http://fake');
    const match = /^(\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/u.exec(url.pathname);
    if (match === null) throw new Refusal(404, 'Not Found');
    const [, upload, named = '', encoded] = match;
    if (decodeURIComponent(named) !== bucket) throw new Refusal(404, 'The specified bucket does not exist.');
    if (upload !== undefined) return put(url.searchParams, String(request.headers['content-type']), body);
    if (encoded === undefined) return list(url.searchParams);
    const name = decodeURIComponent(encoded);
    const object = objects.get(name);
    if (object === undefined) throw new Refusal(404, `No such object: ${bucket}/${name}`);
    if (request.method === 'DELETE') {
      objects.delete(name);
      return { status: 204, body: Buffer.alloc(0) };
    }
    if (url.searchParams.get('alt') !== 'media') return json(resourceOf(name, object));
    return { headers: { 'content-type': 'application/octet-stream' }, body: object.bytes };
  }

  function put(query: URLSearchParams, contentType: string, body: Buffer): Reply {
    const name = query.get('name') ?? '';
    const old = objects.get(name);
    const expected = query.get('ifGenerationMatch');
    if (expected !== null && Number(expected) !== (old?.generation ?? 0))
      throw new Refusal(412, 'At least one of the pre-conditions you specified did not hold.');
    const [resource, bytes] = partsOf(contentType, body);
    const { metadata = {} } = JSON.parse(resource.toString()) as { metadata?: Record<string, string> };
    const object = { bytes, generation: ++generations, updated: new Date().toISOString(), metadata };
    objects.set(name, object);
    return json(resourceOf(name, object));
  }

  function list(query: URLSearchParams): Reply {
    const prefix = query.get('prefix') ?? '';
    const token = query.get('pageToken');
    const after = token === null ? undefined : Buffer.from(token, 'base64url');
    const rest = [...objects.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => Buffer.from(name))
      .sort((a, b) => a.compare(b))
      .filter((name) => after === undefined || name.compare(after) > 0);
    const page = rest.slice(0, Math.min(pageSize, Number(query.get('maxResults') ?? 1000)));
    const items = page.map((name) => {
      const object = objects.get(name.toString());
      return object === undefined ? {} : resourceOf(name.toString(), object);
    });
    const last = rest.length > page.length ? page.at(-1)?.toString('base64url') : undefined;
    return json({ items, ...(last === undefined ? {} : { nextPageToken: last }) });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `gs://${bucket}`,
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    faults,
    requests,
    names: () => [...objects.keys()].sort(),
    stop: () => stopServer(server),
    kill: () => server.closeAllConnections(),
  };
}

function resourceOf(name: string, { bytes, generation, updated, metadata }: StoredObject): Record<string, unknown> {
  return {
    kind: 'storage#object',
    name,
    size: String(bytes.length),
    generation: String(generation),
    updated,
    metadata,
  };
}

/** The two parts of a `multipart/related` body. */
function partsOf(contentType: string, body: Buffer): [Buffer, Buffer] {
  const boundary = /boundary="?([^";]+)/u.exec(contentType)?.[1] ?? '';
  const parts: Buffer[] = [];
  let from = body.indexOf(`--${boundary}`);
  for (;;) {
    const head = body.indexOf('\r\n\r\n', from);
    const end = body.indexOf(`\r\n--${boundary}`, head);
    if (head < 0 || end < 0) break;
    parts.push(body.subarray(head + 4, end));
    from = end;
  }
  const [resource, bytes] = parts;
  if (resource === undefined || bytes === undefined) throw new Refusal(400, 'Expected two parts');
  return [resource, Buffer.from(bytes)];
}

const json = (value: unknown): Reply => ({ body: Buffer.from(JSON.stringify(value)) });
