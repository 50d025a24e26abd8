/**
 * Inputs that a folder vouches for: what is not in it, what is in it, and all of its names. While the folder has the same names they cannot
 * have changed, so that an unchanged run looks at none of them, of which there may be several for each file. One line for each folder.
 */
import { JsonLinesMap } from '../codec/json-lines-map.js';
import type { InputDependency } from '../model/dependency.js';
import { byCodeUnit } from '../util/paths.js';

const INDENT = 4;

/** An input with the folder that vouches for it; the root is '.'. */
export interface VouchedInput {
  readonly folder: string;
  readonly input: InputDependency;
}

interface FolderPresence {
  readonly absent: readonly string[];
  readonly exists: readonly string[];
  readonly listing: string | null;
}

const NOTHING: FolderPresence = { absent: [], exists: [], listing: null };

/** The wanted folders with what each vouches for. */
export function* inputsByFolder(
  presence: JsonLinesMap,
  isWanted: (folder: string) => boolean,
): Generator<readonly [folder: string, inputs: InputDependency[]]> {
  for (const [folder, text] of presence.entries())
    if (isWanted(folder)) yield [folder, expand(folder, JSON.parse(text) as FolderPresence)];
}

/** A new map: `added` besides what was there, without `dropped`. */
export function patchPresence(
  presence: JsonLinesMap,
  { added, dropped }: { readonly added: Iterable<VouchedInput>; readonly dropped: Iterable<VouchedInput> },
): JsonLinesMap {
  const edited = new Map<string, { absent: Set<string>; exists: Set<string>; listing: string | null }>();
  const lineOf = (folder: string): { absent: Set<string>; exists: Set<string>; listing: string | null } => {
    const known = edited.get(folder);
    if (known !== undefined) return known;
    const text = presence.get(folder);
    const { absent, exists, listing } = text === undefined ? NOTHING : (JSON.parse(text) as FolderPresence);
    const line = { absent: new Set(absent), exists: new Set(exists), listing };
    edited.set(folder, line);
    return line;
  };
  for (const { folder, input } of dropped) {
    const line = lineOf(folder);
    if (input.kind === 'absent' || input.kind === 'exists') line[input.kind].delete(nameIn(folder, input.path));
    else if (input.kind === 'listing') line.listing = null;
  }
  for (const { folder, input } of added) {
    const line = lineOf(folder);
    if (input.kind === 'absent' || input.kind === 'exists') line[input.kind].add(nameIn(folder, input.path));
    else if (input.kind === 'listing') line.listing = input.hash;
  }
  const lines = [...edited].map(
    ([folder, { absent, exists, listing }]) =>
      [
        folder,
        format({ absent: [...absent].sort(byCodeUnit), exists: [...exists].sort(byCodeUnit), listing }),
      ] as const,
  );
  return presence.patch(new Map(lines));
}

export const NO_PRESENCE = new JsonLinesMap(Buffer.alloc(0), INDENT);

function format({ absent, exists, listing }: FolderPresence): string | undefined {
  if (absent.length + exists.length === 0 && listing === null) return undefined;
  return `{ "absent": ${JSON.stringify(absent)}, "exists": ${JSON.stringify(exists)}, "listing": ${JSON.stringify(listing)} }`;
}

function expand(folder: string, { absent, exists, listing }: FolderPresence): InputDependency[] {
  return [
    ...absent.map((name) => ({ kind: 'absent', path: pathIn(folder, name) }) as const),
    ...exists.map((name) => ({ kind: 'exists', path: pathIn(folder, name) }) as const),
    ...(listing === null ? [] : [{ kind: 'listing', path: folder, hash: listing } as const]),
  ];
}

const pathIn = (folder: string, name: string): string => (folder === '.' ? name : `${folder}/${name}`);

const nameIn = (folder: string, path: string): string => (folder === '.' ? path : path.slice(folder.length + 1));
