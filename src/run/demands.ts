/** How an analysis in a worker thread gets other results: it asks the thread that runs them, over a port. */
import type { MessagePort } from 'node:worker_threads';
import { CacheError, messageOf, type ErrorCode } from '../model/errors.js';
import type { SourcePath } from '../model/ids.js';
import type { DemandedResult } from './task.js';

/** @param index of the asking file in its batch. */
export type AnswerDemand = (index: number, analyzerId: string, path: SourcePath) => Promise<DemandedResult>;

interface Demand {
  readonly id: number;
  readonly index: number;
  readonly analyzerId: string;
  readonly path: SourcePath;
}

type Reply =
  { readonly id: number; readonly answer: DemandedResult } | { readonly id: number; readonly error: SentError };

/** An error as it travels between threads. */
interface SentError {
  readonly message: string;
  readonly code?: ErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly isTypeError: boolean;
}

/** In the thread that has the results, until the port is closed. */
export function answerDemands(port: MessagePort, answerDemand: AnswerDemand): void {
  port.on('message', ({ id, index, analyzerId, path }: Demand) => {
    answerDemand(index, analyzerId, path).then(
      (answer) => port.postMessage({ id, answer } satisfies Reply),
      (error: unknown) => port.postMessage({ id, error: toSend(error) } satisfies Reply),
    );
  });
}

function toSend(error: unknown): SentError {
  const message = messageOf(error);
  if (!(error instanceof CacheError)) return { message, isTypeError: error instanceof TypeError };
  const { code, details } = error;
  return { message, code, details: canBeSent(details) ? details : {}, isTypeError: false };
}

function canBeSent(details: Readonly<Record<string, unknown>>): boolean {
  try {
    structuredClone(details);
    return true;
  } catch {
    return false;
  }
}

/** In a worker thread. */
export class Demands {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, { resolve(answer: DemandedResult): void; reject(error: Error): void }>();
  #nextId = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (reply: Reply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('answer' in reply) waiting?.resolve(reply.answer);
      else waiting?.reject(received(reply.error));
    });
  }

  ask: AnswerDemand = (index, analyzerId, path) =>
    new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#port.postMessage({ id, index, analyzerId, path } satisfies Demand);
    });

  close(): void {
    this.#port.close();
  }
}

function received({ message, code, details, isTypeError }: SentError): Error {
  if (code !== undefined) return new CacheError(code, message, details);
  return isTypeError ? new TypeError(message) : new Error(message);
}
