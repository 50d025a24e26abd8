import { inspect } from 'node:util';

const SHOWN = '***';

/** The same for every copy of this package that a process may have loaded. */
const BRAND = Symbol.for('documee.Secret');

/**
 * A password, key or token. Whatever shows it by accident (a template, JSON, a log line, an assertion) shows `***`; only `reveal` tells it.
 */
export class Secret {
  readonly #value: string;

  /** Whether `value` is one, of this copy of the class or of another. */
  static isSecret(value: unknown): value is Secret {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: call it where it is handed to a client, and keep nothing of it. */
  reveal(): string {
    return this.#value;
  }

  get [BRAND](): boolean {
    return true;
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

/** The text itself, whether or not it is in a `Secret`: call it where it is handed to a client. */
export function revealed(text: Secret | string): string;
export function revealed(text: Secret | string | undefined): string | undefined;
export function revealed(text: Secret | string | undefined): string | undefined {
  return Secret.isSecret(text) ? text.reveal() : text;
}
