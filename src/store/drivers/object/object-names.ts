import { createHash } from 'node:crypto';

/** Longest name of an object, in bytes of UTF-8, with all vendors. */
const MAX_NAME_BYTES = 1024;

/** Azure takes at most 254 segments. */
const MAX_SLASHES = 200;

/**
 * Never damaged on its way through URL paths, XML listings and signatures. Of the rest, ASCII and the control characters behind it are escaped;
 * so are the two that XML cannot hold. Letters of other alphabets are kept: UTF-8 passes everywhere.
 */
const ESCAPED = /[\u0000-\u002b!;<>?[\\\]^`{|}\u007f-\u009f\u2028\u2029\ufffe\uffff]/gu;

/** Slashes and dots that some server or library would drop: those that begin, end or follow a slash, or end a segment. */
const ESCAPED_IN_PLACE = /^\/|(?<=\/)\/|\/$|\.(?=\/|$)/gu;

/**
 * How keys become names of objects: `<prefix>/<key>`, with `!XX` for each byte of what does not pass. Everything else that begins with `!` is
 * ours and no key: `!long/` holds keys whose names would be too long, named by digest, `!lease/` leases, `!probe/` what `open` tries.
 */
export class ObjectNames {
  readonly #root: string;

  /** @param prefix of all names; the slash after it is added. */
  constructor(prefix: string) {
    const trimmed = prefix.replace(/^\/+|\/+$/gu, '');
    this.#root = trimmed === '' ? '' : `${trimmed}/`;
  }

  /** What all names begin with. */
  get root(): string {
    return this.#root;
  }

  get longRoot(): string {
    return `${this.#root}!long/`;
  }

  /** Name of a key, and whether the key cannot be told from it and has to be kept beside. */
  of(key: string): { readonly name: string; readonly isLong: boolean } {
    const name = this.#root + escapeKey(key);
    if (Buffer.byteLength(name) <= MAX_NAME_BYTES && name.split('/').length <= MAX_SLASHES)
      return { name, isLong: false };
    return { name: this.longRoot + digest(key), isLong: true };
  }

  /** The key of a name; undefined where it is none of a key or stands in `longRoot`. */
  keyOf(name: string): string | undefined {
    if (!name.startsWith(this.#root)) return undefined;
    const key = unescapeKey(name.slice(this.#root.length));
    return key !== undefined && key !== '' && this.of(key).name === name ? key : undefined;
  }

  /** Whether a name is that of a value, and not of a lease or a probe. */
  isValue(name: string): boolean {
    return name.startsWith(this.longRoot) || this.keyOf(name) !== undefined;
  }

  lease(name: string): string {
    return `${this.#root}!lease/${digest(name)}`;
  }

  probe(id: string): string {
    return `${this.#root}!probe/${id}`;
  }

  /**
   * What the names of all keys begin with that begin with `prefix`, except those in `longRoot`. Two where the last character of `prefix` is
   * escaped only where nothing, or a slash, follows.
   */
  listPrefixes(prefix: string): string[] {
    const escapedAtEnd = escapeKey(prefix);
    const escapedInside = escapeKey(`${prefix}x`).slice(0, -1);
    return [...new Set([escapedAtEnd, escapedInside])].map((text) => this.#root + text);
  }
}

function escapeKey(key: string): string {
  return key.replace(ESCAPED, escapeBytes).replace(ESCAPED_IN_PLACE, escapeBytes);
}

function escapeBytes(text: string): string {
  let escaped = '';
  for (const byte of Buffer.from(text)) escaped += `!${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return escaped;
}

/** Undefined where `text` is not what `escapeKey` makes. */
function unescapeKey(text: string): string | undefined {
  if (!text.includes('!')) return text;
  const bytes: Buffer[] = [];
  let from = 0;
  for (let at = text.indexOf('!'); at >= 0; at = text.indexOf('!', from)) {
    const hex = text.slice(at + 1, at + 3);
    if (!/^[0-9A-F]{2}$/u.test(hex)) return undefined;
    bytes.push(Buffer.from(text.slice(from, at)), Buffer.from(hex, 'hex'));
    from = at + 3;
  }
  bytes.push(Buffer.from(text.slice(from)));
  return Buffer.concat(bytes).toString();
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
