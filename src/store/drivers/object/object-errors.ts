import { messageOf, systemCode } from '../../../model/errors.js';
import type { ObjectFailure } from './object-client.js';

const NOT_REACHED = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'UND_ERR_SOCKET',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** Waiting does not help where nobody is there: the address is wrong or the server is not started. */
const NOBODY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

const TLS =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/u;

/** A reply that ended before it was whole. What came is not used. */
export class CutReplyError extends Error {
  override readonly name = 'CutReplyError';

  constructor(gotBytes: number, expectedBytes: number | undefined, cause?: unknown) {
    const expected = expectedBytes === undefined ? '' : ` of ${expectedBytes}`;
    super(`the reply was cut: ${gotBytes}${expected} bytes came`, { cause });
  }
}

/** What failed between here and the server; undefined where it is something else. */
export function networkFailure(error: unknown): ObjectFailure | undefined {
  if (error instanceof CutReplyError) return { failure: 'failed', isTransient: true };
  const found = networkError(error);
  if (found === undefined) return undefined;
  const { code, cause } = found;
  if (TLS.test(code)) {
    return { failure: 'unavailable', problem: `TLS failed (${code}): ${messageOf(cause)}`, isTransient: false };
  }
  // An error of several addresses tried (`AggregateError`) has no message.
  const message = messageOf(cause);
  return {
    failure: 'unavailable',
    problem: message === '' ? `the connection failed (${code})` : message,
    isTransient: !NOBODY_THERE.has(code),
  };
}

/** Vendors wrap the error of the socket, some twice. */
function networkError(error: unknown): { code: string; cause: unknown } | undefined {
  let cause: unknown = error;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth++) {
    const code = systemCode(cause) ?? ('errno' in cause && typeof cause.errno === 'string' ? cause.errno : '');
    if (NOT_REACHED.has(code) || TLS.test(code)) return { code, cause };
    if (cause.name === 'TimeoutError' || cause.name === 'AbortError') return { code: 'ETIMEDOUT', cause };
    if (/^(?:aborted|socket hang up|premature close|invalid response body.*premature close.*)$/iu.test(cause.message))
      return { code: 'ECONNRESET', cause };
    cause = cause.cause;
  }
  return undefined;
}

/** What an HTTP status means with every vendor; undefined where only its own code can tell. */
export function statusFailure(status: number | undefined): ObjectFailure | undefined {
  if (status === undefined) return undefined;
  if (status === 401 || status === 403) return { failure: 'denied', isTransient: false };
  if (status === 413) return { failure: 'too-large', isTransient: false };
  if (status === 507) return { failure: 'full', isTransient: false };
  if (status === 408 || status === 429 || status === 409) return { failure: 'unavailable', isTransient: true };
  if (status === 501) return { failure: 'failed', isTransient: false };
  if (status >= 500) return { failure: 'unavailable', isTransient: true };
  return undefined;
}

/**
 * All bytes of a reply; `too-large` without reading on where there are more than `maxBytes`.
 * @param expectedBytes what the server said would come; undefined where it did not.
 * @throws CutReplyError where fewer or more came.
 */
export async function readReply(
  stream: AsyncIterable<Uint8Array> & { destroy?: () => unknown },
  expectedBytes: number | undefined,
  maxBytes: number,
): Promise<Buffer | 'too-large'> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    if (expectedBytes !== undefined && expectedBytes > maxBytes) return 'too-large';
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > maxBytes) return 'too-large';
      chunks.push(chunk);
    }
  } catch (error) {
    throw new CutReplyError(length, expectedBytes, error);
  } finally {
    if (length !== expectedBytes) stream.destroy?.();
  }
  if (expectedBytes !== undefined && length !== expectedBytes) throw new CutReplyError(length, expectedBytes);
  return onlyChunk(chunks) ?? Buffer.concat(chunks, length);
}

/** Small replies come in one piece, which need not be copied unless it is part of a pool. */
function onlyChunk(chunks: readonly Uint8Array[]): Buffer | undefined {
  const [first] = chunks;
  if (chunks.length !== 1 || first === undefined || first.buffer.byteLength !== first.byteLength) return undefined;
  return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
}
