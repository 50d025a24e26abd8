import { readSchema } from '../schema/schema-files.js';

/** Shorter than any limit in the schema: longer texts are for the validator to judge. */
const SHORT_CHARACTERS = 128;

/**
 * Whether `value` is valid for this key of the configuration, as far as that can be told at a glance: one of the choices, a boolean,
 * a positive integer up to the maximum, a short text, a list of those. What it does not know it leaves to the validators, which have to be loaded
 * first.
 */
export function isPlainlyValid(key: string, value: unknown): boolean {
  const node = readSchema('config').properties?.[key];
  if (node === undefined) return false;
  if (node.enum !== undefined) return node.enum.includes(value);
  if (node.type === 'boolean') return typeof value === 'boolean';
  if (node.type === 'integer')
    return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= (node.maximum ?? 0);
  if (node.type === 'string') return isShortText(value);
  return Array.isArray(value) && value.length > 0 && value.every(isShortText);
}

const isShortText = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value.length <= SHORT_CHARACTERS;
