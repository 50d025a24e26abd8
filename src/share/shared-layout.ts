/** Keys of everything that machines share. Nothing else in src spells them, so that the layout can change here alone. */
import { CacheError } from '../model/errors.js';

export const DEFAULT_SCOPE = 'default';

/** Name of the place of the leases, beside the scopes: no scope may have it. */
const LEASES = 'leases';
/** What else lies below a codebase where one store is both the cache of a machine and shared. */
const RESERVED: ReadonlySet<string> = new Set([LEASES, 'versions', 'epochs']);
const NAME = /^[A-Za-z0-9._-]{1,64}$/;
/** Of a namespace. Keys mean themselves: only what ends a prefix, or a line, is left out. */
const PART = /^[^/\\:\u0000-\u001f\u007f]+$/;
/** Half of what a key of a store may have. */
const MAX_NAMESPACE_BYTES = 512;
const ONLY_DOTS = /^\.+$/;
const SHARED_KEY = /^[0-9a-f]{64}$/;
const VARIANT = /^[0-9a-f]{16}$/;
const RECORD_NAME = /^[0-9a-f]{64}(?:-[0-9a-f]{16})?$/;

/** Whether `text` may be a shared key: 64 hex digits. */
export const isSharedKey = (text: string): boolean => SHARED_KEY.test(text);

/** Whether `text` may name a variant: 16 hex digits. */
export const isVariant = (text: string): boolean => VARIANT.test(text);

/**
 * `text` as the name of a scope, unchanged: 1 to 64 of `A-Z a-z 0-9 . _ -`.
 * @throws CacheError CACHE_BAD_CONFIG with `scope`.
 */
export function parseScope(text: string): string {
  if (isName(text) && !RESERVED.has(text)) return text;
  throw new CacheError(
    'CACHE_BAD_CONFIG',
    `The scope ${shown(text)} of the shared cache is no name. Take 1 to 64 letters, digits, dots, _ or -, and none of ${[...RESERVED].join(', ')}.`,
    { scope: text },
  );
}

/**
 * `text` as a namespace, unchanged: any names that codebase ids may be, with `/` between them, at most 512 bytes.
 * @throws CacheError CACHE_BAD_CONFIG with `namespace`.
 */
export function parseNamespace(text: string): string {
  if (text.isWellFormed() && Buffer.byteLength(text) <= MAX_NAMESPACE_BYTES && text.split('/').every(isPart))
    return text;
  throw new CacheError(
    'CACHE_BAD_CONFIG',
    `The namespace ${shown(text)} of the shared cache is no name. Take up to ${MAX_NAMESPACE_BYTES} bytes without \\, : and control characters, with / between names.`,
    { namespace: text },
  );
}

const isPart = (text: string): boolean => PART.test(text) && !ONLY_DOTS.test(text);

const isName = (text: string): boolean => NAME.test(text) && !ONLY_DOTS.test(text);

const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Where one record lies. `variant` is null for a record without dependencies. */
export interface RecordPlace {
  readonly key: string;
  readonly variant: string | null;
}

/** Spells the keys of one namespace. */
export class SharedLayout {
  readonly namespace: string;

  /** @throws CacheError CACHE_BAD_CONFIG where `namespace` is no name. */
  constructor(namespace: string) {
    this.namespace = parseNamespace(namespace);
  }

  recordKey(scope: string, { key, variant }: RecordPlace): string {
    const name = matching(SHARED_KEY, key) + (variant === null ? '' : `-${matching(VARIANT, variant)}`);
    return `${this.namespace}/${scope}/${name}`;
  }

  /** What all keys of a scope begin with. */
  scopePrefix(scope: string): string {
    return `${this.namespace}/${scope}/`;
  }

  /** Whether a key in the store is that of a record. */
  isRecordKey(name: string): boolean {
    return RECORD_NAME.test(name.slice(name.lastIndexOf('/') + 1));
  }

  /** Key of the document that names the variants of `key`. */
  variantsKey(scope: string, key: string): string {
    return `${this.namespace}/${scope}/${matching(SHARED_KEY, key)}.variants`;
  }

  /** Name of the lease on making the result of `key`. It is the same in all scopes. */
  leaseName(key: string): string {
    return `${this.namespace}/${LEASES}/${matching(SHARED_KEY, key)}`;
  }
}

/** Names may come from documents: what is none must never become part of a key. */
function matching(pattern: RegExp, name: string): string {
  if (pattern.test(name)) return name;
  throw new TypeError(`Expected the name of a shared record, found ${shown(name)}`);
}
