import type { StoreFailure } from '../../store-error.js';

/**
 * What an object store of any vendor does for `ObjectDriver`: one request each, no retries, no limits of its own. Whatever goes wrong rejects with
 * the error of the vendor's package, which `failureOf` understands. Names are at most 1,024 bytes and hold nothing that a URL or XML damages.
 */
export interface ObjectClient {
  /** How many objects one `deleteMany` takes. */
  readonly deleteBatch: number;
  /** Undefined where there is no such object; `too-large`, without reading it, where it has more than `maxBytes`. */
  get(name: string, options: GetOptions): Promise<ObjectContent | 'too-large' | undefined>;
  /** The version written; `refused` where the condition did not hold. */
  put(name: string, bytes: Uint8Array, options: PutOptions): Promise<{ readonly version: string } | 'refused'>;
  head(name: string, options: RequestOptions): Promise<ObjectHead | undefined>;
  /** Objects that do not exist are no error. */
  deleteMany(names: readonly string[], options: RequestOptions): Promise<void>;
  /** One page of the objects whose names begin with `prefix`. */
  list(prefix: string, options: ListOptions): Promise<ObjectPage>;
  failureOf(error: unknown): ObjectFailure;
  /** Ends the connections. */
  close(): void;
}

/** Opens a client: loads the package of the vendor, sends nothing. */
export type ConnectObjects = (settings: ConnectSettings) => Promise<ObjectClient>;

export interface ConnectSettings {
  /** Most requests in flight. */
  readonly concurrency: number;
  /** Of one request, in ms. */
  readonly timeoutMs: number;
}

export interface RequestOptions {
  readonly signal: AbortSignal;
}

export interface GetOptions extends RequestOptions {
  readonly maxBytes: number;
}

export interface PutOptions extends RequestOptions {
  readonly condition?: PutCondition;
  readonly metadata: ObjectMetadata;
}

/** `absent`: only where no such object exists; `version`: only where it is still that one. */
export type PutCondition = { readonly if: 'absent' } | { readonly if: 'version'; readonly version: string };

export interface ListOptions extends RequestOptions {
  /** `next` of the page before. */
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Names of lower-case letters only, which every vendor takes; values of printable ASCII. */
export type ObjectMetadata = Readonly<Record<string, string>>;

export interface ObjectContent {
  readonly bytes: Buffer;
  /** Undefined where the vendor does not tell it together with the bytes. */
  readonly metadata: ObjectMetadata | undefined;
}

export interface ObjectHead {
  readonly sizeBytes: number;
  /** ETag or generation. */
  readonly version: string;
  /** When it was written, in ms since the Unix epoch, by the server's clock. */
  readonly modifiedAt: number;
  /** When the server answered, by the same clock; undefined where it does not say. */
  readonly answeredAt: number | undefined;
  readonly metadata: ObjectMetadata;
}

export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  /** Where the next page begins; undefined on the last. */
  readonly next: string | undefined;
}

export interface ListedObject {
  readonly name: string;
  /** Undefined where a listing does not tell it. */
  readonly metadata: ObjectMetadata | undefined;
}

export interface ObjectFailure {
  readonly failure: StoreFailure;
  /** One line; undefined: that of the error. */
  readonly problem?: string;
  /** The same request may succeed when it is sent again. */
  readonly isTransient: boolean;
}
