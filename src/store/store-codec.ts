import { compress, type CompressionName } from '../codec/compression.js';
import { MAX_HEADER_BYTES, openEnvelope, sealEnvelope, type CodecName } from '../codec/envelope.js';
import { isExpired } from '../codec/expiry.js';
import { decodeLimits, type DecodeLimits } from '../codec/limits.js';
import { problemInJsonValues } from '../codec/json-values.js';
import { decodeValue, openEncoder, type Payload, type ValueEncoder } from '../codec/value.js';
import { CacheError, messageOf } from '../model/errors.js';
import type { EventListener } from '../model/event.js';
import { systemClock, type Clock } from '../util/clock.js';
import { checkValue } from './check-value.js';
import type { StoreDriver } from './driver.js';
import { frozenCopy, holdsValues, type HeldEntry } from './held-value.js';
import type { KeyAndValue, SaveOptions, StoreValue } from './key-value-store.js';
import { storeError, type StoreAction } from './store-error.js';
import { checkTtl, expiryOf } from './time-to-live.js';

/** How values are written. Whatever is chosen, all that was written with another choice can be read. */
export interface CodecOptions {
  /** Default `json`. */
  readonly codec?: Exclude<CodecName, 'bytes'> | undefined;
  /** Default `none`. */
  readonly compression?: CompressionName | undefined;
  /** Time to live of what is saved without one, in seconds. Default: it never expires. */
  readonly ttlDefault?: number | undefined;
  readonly limits?: Partial<DecodeLimits> | undefined;
  readonly clock?: Clock | undefined;
  /** Hears of values that cannot be read; they count as absent. */
  readonly onEvent?: EventListener | undefined;
}

/** Turns values into what a driver stores, and back. */
export class StoreCodec {
  readonly codec: Exclude<CodecName, 'bytes'>;
  readonly compression: CompressionName;
  readonly ttlDefault: number | undefined;
  readonly limits: DecodeLimits;
  readonly clock: Clock;
  readonly #driver: StoreDriver;
  readonly #encoder: ValueEncoder;
  readonly #onEvent: EventListener;
  readonly #warned = new Set<string>();
  /** Values that are to be small in memory are not held beside their bytes. */
  readonly #holdsValues: boolean;

  private constructor(driver: StoreDriver, encoder: ValueEncoder, options: CodecOptions) {
    const { codec = 'json', compression = 'none', clock = systemClock, onEvent = () => undefined } = options;
    this.codec = codec;
    this.compression = compression;
    this.ttlDefault = options.ttlDefault;
    this.limits = decodeLimits(options.limits);
    this.clock = clock;
    this.#driver = driver;
    this.#encoder = encoder;
    this.#onEvent = onEvent;
    this.#holdsValues = compression === 'none' && holdsValues(driver);
  }

  /** @throws CacheError CACHE_PACKAGE_MISSING; CACHE_BAD_STORE for a compression that this Node does not have; TypeError for bad options. */
  static async open(driver: StoreDriver, options: CodecOptions): Promise<StoreCodec> {
    checkTtl(options.ttlDefault, 'ttlDefault');
    await compress(options.compression ?? 'none', Buffer.alloc(0));
    return new StoreCodec(driver, await openEncoder(options.codec ?? 'json'), options);
  }

  /** Longest stored value that is asked for, in bytes. */
  get maxStoredBytes(): number {
    return this.limits.maxBytes + MAX_HEADER_BYTES;
  }

  /** When what is saved now expires. */
  expiryOf({ ttl = this.ttlDefault }: SaveOptions): number | undefined {
    checkTtl(ttl, 'ttl');
    return expiryOf(ttl, this.clock.now());
  }

  /**
   * What is stored for a value.
   * @throws TypeError where it is neither JSON nor bytes; CacheError CACHE_VALUE_TOO_LARGE.
   */
  async encode([key, value]: KeyAndValue, expiresAt: number | undefined, action: StoreAction): Promise<HeldEntry> {
    checkValue(value);
    const isBytes = value instanceof Uint8Array;
    // Before it is copied: no character of text has less than one byte.
    const leastBytes = isBytes ? value.byteLength : typeof value === 'string' ? value.length : 0;
    if (leastBytes > this.limits.maxBytes) throw this.#tooLarge(key, leastBytes, this.limits.maxBytes, action);
    const savedAt = Math.max(0, Math.floor(this.clock.now()));
    const held = this.#holdsValues && !isBytes ? { value: frozenCopy(value), savedAt, expiresAt } : undefined;
    const isPlain = !isBytes && expiresAt === undefined && this.writesPlainJson;
    const { codec, raw } = this.#write(key, value, { isPlain, action });
    if (raw.length > this.limits.maxBytes) throw this.#tooLarge(key, raw.length, this.limits.maxBytes, action);
    // No reader would take it.
    const problem = codec === 'json' ? problemInJsonValues(raw, this.limits) : undefined;
    if (problem !== undefined)
      throw this.#refused(`the value of ${shorten(key)} cannot be read again: ${problem}`, action);
    const { compression } = this;
    const bytes = isPlain ? raw : await sealEnvelope({ codec, compression, savedAt, expiresAt }, raw, this.limits);
    this.checkSize(key, bytes, action);
    return { key, bytes, expiresAt, held };
  }

  #write(key: string, value: StoreValue, { isPlain, action }: { isPlain: boolean; action: StoreAction }): Payload {
    try {
      if (!isPlain) return this.#encoder(value, this.limits);
      return { codec: 'json', raw: Buffer.from(`${JSON.stringify(value, null, 2)}\n`) };
    } catch (error) {
      // Longer than any text can be; nesting was checked before.
      if (error instanceof RangeError) throw this.#tooLarge(key, undefined, this.limits.maxBytes, action);
      throw error;
    }
  }

  /** Whether JSON that never expires is written as JSON and nothing else. */
  get writesPlainJson(): boolean {
    return this.#driver.capabilities.plainJson && this.codec === 'json' && this.compression === 'none';
  }

  /** @throws CacheError CACHE_VALUE_TOO_LARGE. */
  checkSize(key: string, bytes: Uint8Array, action: StoreAction): void {
    const { maxValueBytes } = this.#driver.capabilities;
    if (bytes.length > maxValueBytes) throw this.#tooLarge(key, bytes.length, maxValueBytes, action);
  }

  /** @param bytes undefined: nobody knows. */
  #tooLarge(key: string, bytes: number | undefined, maxBytes: number, action: StoreAction): CacheError {
    const size = bytes === undefined ? '' : `${bytes} bytes, `;
    const unit = bytes === undefined ? ' bytes' : '';
    return this.#refused(`the value of ${shorten(key)} has ${size}more than ${maxBytes}${unit}`, action);
  }

  #refused(problem: string, action: StoreAction): CacheError {
    return storeError('too-large', { store: this.#driver.description, action, problem });
  }

  /** The value that a driver answered for `key`; undefined, and told, where it cannot be read. */
  async decode(key: string, answer: Buffer | Error | undefined): Promise<StoreValue | undefined> {
    if (answer instanceof Error) this.#tellUnreadable(key, answer);
    if (!Buffer.isBuffer(answer)) return undefined;
    const opened = await openEnvelope(answer, this.limits);
    if (opened.outcome === 'corrupt') this.#tellCorrupt(key, opened.problem);
    if (opened.outcome === 'unsupported') this.#tellUnsupported(opened.error);
    if (opened.outcome !== 'opened' || isExpired(opened, this.clock.now())) return undefined;
    try {
      const decoded = await decodeValue(opened.codec, opened.payload, this.limits);
      if (decoded.ok) return decoded.value;
      this.#tellCorrupt(key, decoded.problem);
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      this.#tellUnsupported(error);
    }
    return undefined;
  }

  /** One value that is damaged or too large counts as absent; a store that does not answer is another matter. */
  #tellUnreadable(key: string, error: Error): void {
    const code = error instanceof CacheError ? error.code : undefined;
    if (code !== 'CACHE_STORE_CORRUPT' && code !== 'CACHE_VALUE_TOO_LARGE') throw error;
    this.#tellCorrupt(key, messageOf(error));
  }

  #tellCorrupt(document: string, problem: string): void {
    this.#onEvent({ type: 'document-corrupt', document, problem });
  }

  /** Once for each reason. */
  #tellUnsupported({ code, message, cause }: CacheError): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#onEvent({ type: 'warning', code, message, cause });
  }
}

const SHOWN_CHARACTERS = 60;

const shorten = (key: string): string =>
  JSON.stringify(key.length > SHOWN_CHARACTERS ? `${key.slice(0, SHOWN_CHARACTERS)}…` : key);
