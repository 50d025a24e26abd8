import type { OptionSpec, Shard } from './options.js';
import { UsageError } from './usage-error.js';

/** `text` as the value of an option. @throws UsageError that names the option. */
export function parseOptionValue(
  spec: OptionSpec,
  text: string,
  knownFlags: ReadonlySet<string>,
): string | number | Shard {
  const flag = longFlag(spec);
  if (text === '') throw refuse(flag, 'needs a value');
  // The next flag was taken for the value; no sensible value looks like one.
  if (knownFlags.has(text)) throw refuse(flag, `needs a value, found the option ${text}`);
  if (spec.choices !== undefined && !spec.choices.includes(text)) {
    throw refuse(flag, `must be ${spec.choices.join(' or ')}, found ${JSON.stringify(text)}`, {
      word: text,
      candidates: spec.choices,
    });
  }
  if (spec.value === undefined) return text;
  if (spec.value === 'shard') return parseShard(flag, text);
  const number = spec.value === 'bytes' ? parseBytes(text) : /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (spec.value === 'number' && number >= 0) return number;
  if (spec.value === 'bytes' && number >= 0) return number;
  const most = spec.most ?? Number.MAX_SAFE_INTEGER;
  if (spec.value === 'count' && Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw refuse(flag, `must be ${EXPECTED[spec.value](spec.most)}, found ${JSON.stringify(text)}`);
}

const MOST_SHARDS = 1000;

/** `2/5` as the second of five. */
function parseShard(flag: string, text: string): Shard {
  const [, index = '', count = ''] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count && shard.count <= MOST_SHARDS) return shard;
  const expected = `I/N with whole numbers, 1 <= I <= N <= ${MOST_SHARDS}, e.g. 2/5`;
  throw refuse(flag, `must be ${expected}, found ${JSON.stringify(text)}`);
}

const EXPECTED = {
  count: (most?: number) => `a whole number from 1${most === undefined ? ' on' : ` to ${most}`}`,
  number: () => 'a number that is not negative',
  bytes: () => 'a size such as 500M or 2G',
} as const;

const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/** `500M` as 500,000,000; NaN where it is no size. */
function parseBytes(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([kmg]?)b?$/i.exec(text) ?? [];
  return Math.round(Number(number) * (FACTORS[unit?.toLowerCase() ?? ''] ?? NaN));
}

function refuse(flag: string, problem: string, hint?: UsageError['hint']): UsageError {
  return new UsageError(`option ${flag} ${problem}`, { hint, advice: 'See --help.' });
}

/** `--root` of `-C, --root <dir>`. */
export function longFlag({ flags }: OptionSpec): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}
