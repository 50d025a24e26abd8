import { parseDocument } from '../schema/parse-json.js';
import { isVariant } from './shared-layout.js';

/** How many records of one key are looked at; older ones are forgotten. */
export const MAX_VARIANTS = 16;

const FORMAT = 1;
/** Sixteen names need fewer than 500. */
const MAX_BYTES = 4096;

/**
 * The document that says which records with dependencies there are of one key, newest first. It is a hint and not signed: whoever changes it
 * can hide records, and bring up none that does not prove itself.
 */
export function encodeVariants(variants: readonly string[]): Buffer {
  return Buffer.from(`${JSON.stringify({ formatVersion: FORMAT, variants }, null, 2)}\n`);
}

/** The names in it, at most 16 and each once; none where it is no such document. */
export function decodeVariants(bytes: Uint8Array): readonly string[] {
  const parsed = parseDocument(bytes, { maxBytes: MAX_BYTES, strict: true });
  if (!parsed.ok || !isDocument(parsed.value)) return [];
  const names = parsed.value.variants.filter((name) => typeof name === 'string' && isVariant(name));
  return [...new Set(names as readonly string[])].slice(0, MAX_VARIANTS);
}

function isDocument(value: unknown): value is { readonly variants: readonly unknown[] } {
  if (typeof value !== 'object' || value === null) return false;
  const { formatVersion, variants } = value as { readonly formatVersion?: unknown; readonly variants?: unknown };
  return formatVersion === FORMAT && Array.isArray(variants);
}

/** `added` in front of `known`, and what has no place any more. */
export function withVariants(
  known: readonly string[],
  added: readonly string[],
): { readonly variants: readonly string[]; readonly dropped: readonly string[] } {
  const all = [...new Set([...added, ...known])];
  return { variants: all.slice(0, MAX_VARIANTS), dropped: all.slice(MAX_VARIANTS) };
}
