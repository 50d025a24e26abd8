import { inspect } from 'node:util';

const SHOWN = '***';

/**
 * A password, key or token. Whatever shows it by accident (a template, JSON, a log line, an assertion) shows `***`; only `reveal` tells it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: call it where it is handed to a client, and keep nothing of it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.toPrimitive](): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return `Secret(${SHOWN})`;
  }
}
