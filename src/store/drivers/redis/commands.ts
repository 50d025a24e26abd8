import { createHash } from 'node:crypto';
import type { StoreEntry } from '../../driver.js';
import type { RedisCommand } from './connection.js';

/** Time limits are absolute, in ms, so that they mean the same whenever the command arrives; since Redis 6.2. */
export function setCommand(
  key: string,
  { bytes, expiresAt }: StoreEntry,
  condition: 'always' | 'if-absent',
): RedisCommand {
  const value = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expiry = expiresAt === undefined ? [] : ['PXAT', String(Math.ceil(expiresAt))];
  return ['SET', key, value, ...(condition === 'if-absent' ? ['NX'] : []), ...expiry];
}

/** Pattern of SCAN for all keys that begin with `prefix`. */
export const patternOf = (prefix: string): string => `${prefix.replace(/[*?[\]\\]/g, '\\$&')}*`;

/** A script that the server runs, and its digest, by which the server finds it once it has had the text. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

const scriptOf = (text: string): RedisScript => ({ text, sha1: createHash('sha1').update(text).digest('hex') });

/** In place of a length: what is there is no string. */
export const NOT_READABLE = -1;

/**
 * For each key its value; the length of one that is longer than ARGV[1], and of those that do not fit any more once values take ARGV[2] bytes.
 * One round trip, but a value takes the server four times as long in a script as in MGET: for few and small values.
 */
export const VALUES_SCRIPT = scriptOf(`local call, longest, rest = redis.pcall, tonumber(ARGV[1]), tonumber(ARGV[2])
local answers = {}
for i = 1, #KEYS do
  local size = call('STRLEN', KEYS[i])
  if type(size) ~= 'number' then answers[i] = ${NOT_READABLE}
  elseif size > longest or size > rest then answers[i] = size
  else answers[i], rest = call('GET', KEYS[i]), rest - size end
end
return answers`);

/**
 * Nothing where no value is longer than ARGV[1] and all together are not longer than ARGV[2]: then one MGET loads them. Otherwise the length of
 * each; 0 where there is none.
 */
export const LENGTHS_SCRIPT = scriptOf(`local call, longest, most = redis.pcall, tonumber(ARGV[1]), tonumber(ARGV[2])
local total = 0
for i = 1, #KEYS do
  local size = call('STRLEN', KEYS[i])
  if type(size) ~= 'number' or size > longest then total = most + 1; break end
  total = total + size
end
if total <= most then return {} end
local lengths = {}
for i = 1, #KEYS do
  local size = call('STRLEN', KEYS[i])
  lengths[i] = type(size) == 'number' and size or ${NOT_READABLE}
end
return lengths`);

/** For each key its length and its first ARGV[1] bytes; nil where it is not there. */
export const STAT_SCRIPT = scriptOf(`local answers = {}
for i, key in ipairs(KEYS) do
  local size = redis.pcall('STRLEN', key)
  if type(size) ~= 'number' or (size == 0 and redis.call('EXISTS', key) == 0) then answers[i] = false
  else answers[i] = {size, redis.call('GETRANGE', key, 0, ARGV[1] - 1)} end
end
return answers`);

/** Takes each lease that nobody holds, or the same token, for ARGV[2] ms by the server's clock: 1 or 0. */
export const ACQUIRE_SCRIPT = scriptOf(`local answers = {}
for i, key in ipairs(KEYS) do
  if redis.call('SET', key, ARGV[1], 'NX', 'PX', ARGV[2]) then answers[i] = 1
  elseif redis.call('GET', key) == ARGV[1] then redis.call('PEXPIRE', key, ARGV[2]); answers[i] = 1
  else answers[i] = 0 end
end
return answers`);

/** Gives back each lease that the token holds, and no other. */
export const RELEASE_SCRIPT = scriptOf(`for i, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end
end
return #KEYS`);
