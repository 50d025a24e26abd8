/**
 * Documents that are JSON text already and come back byte for byte: nothing is parsed, only put into an envelope and taken out. `load` gives
 * the value of such a document; with the codec `msgpack` its text.
 */
import { beginsLikeEnvelope, openEnvelope, sealEnvelope } from '../codec/envelope.js';
import { isExpired } from '../codec/expiry.js';
import { packText, unpackText } from '../codec/msgpack.js';
import type { StoreEntry } from './driver.js';
import type { StoreCore } from './store-core.js';
import { storeError, type StoreAction } from './store-error.js';

export interface DocumentEntry {
  readonly key: string;
  /** JSON text in UTF-8. */
  readonly json: Uint8Array;
  /** In ms since the Unix epoch; default: by `ttlDefault` of the store. */
  readonly expiresAt?: number | undefined;
  /** It never expires, whatever `ttlDefault` says. */
  readonly lasts?: boolean;
}

export interface DocumentAccess {
  /** Time to live of what is saved without one, in seconds; undefined: it never expires. */
  readonly ttlDefault: number | undefined;
  /** One answer for each key, in order: the text; undefined where there is none; an Error for one that cannot be read or has more than `maxBytes`. */
  loadDocuments(keys: readonly string[], maxBytes: number): Promise<(Buffer | undefined | Error)[]>;
  /** Saves or replaces each. Of a key that is given twice, the last counts. */
  saveDocuments(entries: readonly DocumentEntry[]): Promise<void>;
  /** Saves each whose key has no value; tells which were saved. Of a key that is given twice, the first counts. */
  createDocuments(entries: readonly DocumentEntry[]): Promise<boolean[]>;
}

/** More than any header and the head of a MessagePack string. */
const WRAPPING_BYTES = 1024;

export async function loadDocuments(
  core: StoreCore,
  keys: readonly string[],
  maxBytes: number,
): Promise<(Buffer | undefined | Error)[]> {
  core.checkKeys(keys, 'load');
  const limits = { maxBytes: maxBytes + WRAPPING_BYTES };
  const answers = await core.calls.runBatches('load', keys, (driver, batch) => driver.loadMany(batch, limits));
  const open = async (answer: Buffer | undefined | Error, index: number): Promise<Buffer | undefined | Error> =>
    Buffer.isBuffer(answer) ? openDocument(core, keys[index] as string, answer, maxBytes) : answer;
  return Promise.all(answers.flat().map(open));
}

async function openDocument(
  core: StoreCore,
  key: string,
  stored: Buffer,
  maxBytes: number,
): Promise<Buffer | undefined | Error> {
  const unreadable = (problem: string): Error =>
    storeError('corrupt', { store: core.description, action: 'load', problem: `${key} is damaged: ${problem}` });
  const opened = await openEnvelope(stored, { ...core.codec.limits, maxBytes: maxBytes + WRAPPING_BYTES });
  if (opened.outcome === 'unsupported') return opened.error;
  if (opened.outcome === 'corrupt') return unreadable(opened.problem);
  if (isExpired(opened, core.clock.now())) return undefined;
  const text = opened.codec === 'msgpack' ? unpackText(opened.payload) : opened.payload;
  if (text === undefined || opened.codec === 'bytes') return unreadable('it is no JSON text');
  return text.length > maxBytes ? unreadable(`it has more than ${maxBytes} bytes`) : text;
}

export async function encodeDocuments(
  core: StoreCore,
  entries: readonly DocumentEntry[],
  action: StoreAction,
): Promise<StoreEntry[]> {
  core.checkKeys(
    entries.map(({ key }) => key),
    action,
  );
  const expiresAt = core.codec.expiryOf({});
  return Promise.all(
    entries.map((entry) => {
      const until = entry.lasts === true ? undefined : (entry.expiresAt ?? expiresAt);
      return encodeDocument(core, { ...entry, expiresAt: until }, action);
    }),
  );
}

async function encodeDocument(
  { codec: { codec, compression, limits, writesPlainJson }, codec: coder, clock }: StoreCore,
  { key, json, expiresAt }: DocumentEntry,
  action: StoreAction,
): Promise<StoreEntry> {
  const raw = codec === 'msgpack' ? packText(json) : Buffer.from(json.buffer, json.byteOffset, json.length);
  const isPlain = writesPlainJson && expiresAt === undefined && !beginsLikeEnvelope(json);
  const header = { codec, compression, savedAt: clock.now(), expiresAt };
  const bytes = isPlain ? raw : await sealEnvelope(header, raw, limits);
  coder.checkSize(key, bytes, action);
  return { key, bytes, expiresAt };
}
