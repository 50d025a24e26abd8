import { readHeader, type CodecName } from '../../../codec/envelope.js';
import type { CompressionName } from '../../../codec/compression.js';

/** What names of files say about their content; what is in a file is said by its header alone. */
export const ENDINGS = [
  'json',
  'msgpack',
  'bin',
  'json.gz',
  'msgpack.gz',
  'bin.gz',
  'json.zst',
  'msgpack.zst',
  'bin.zst',
] as const satisfies readonly Ending[];
export type Ending = `${'json' | 'msgpack' | 'bin'}${'' | '.gz' | '.zst'}`;

const CODEC: Readonly<Record<CodecName, 'json' | 'msgpack' | 'bin'>> = {
  json: 'json',
  msgpack: 'msgpack',
  bytes: 'bin',
};
const COMPRESSION: Readonly<Record<CompressionName, '' | '.gz' | '.zst'>> = { none: '', gzip: '.gz', zstd: '.zst' };

/** The ending of a value as `Store` encoded it: without a header it is plain JSON. */
export function endingOf(bytes: Uint8Array): Ending {
  const header = readHeader(bytes);
  return header === undefined ? 'json' : `${CODEC[header.codec]}${COMPRESSION[header.compression]}`;
}
