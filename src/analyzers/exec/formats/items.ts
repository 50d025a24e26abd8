/** What `json` and `ndjson` share: items that hold their file's path in a field. */
import type { SourcePath } from '../../../model/ids.js';
import type { JsonValue } from '../../../model/json.js';
import type { FileNames, Spelling } from './file-names.js';
import { listOr, member, textOr, valueAt, withValueAt, type JsonPath } from './json-shape.js';

export interface ItemsByFile {
  readonly byFile: ReadonlyMap<SourcePath, FileItems>;
  /** Items without a path. */
  readonly loose: readonly JsonValue[];
  readonly unexpected: readonly string[];
}

export interface FileItems {
  /** How the first of them spells the file's name. */
  readonly spelling: Spelling;
  /** With the path relative to the root. */
  readonly items: JsonValue[];
}

export function groupByFile(items: Iterable<JsonValue>, pathField: JsonPath, names: FileNames): ItemsByFile {
  const byFile = new Map<SourcePath, FileItems>();
  const loose: JsonValue[] = [];
  const unexpected = new Set<string>();
  for (const item of items) {
    const name = valueAt(item, pathField);
    if (typeof name !== 'string') {
      loose.push(item);
      continue;
    }
    const file = names.read(name);
    if (file === undefined) {
      unexpected.add(name);
      continue;
    }
    const known = byFile.get(file.path) ?? { spelling: file.spelling, items: [] };
    known.items.push(withValueAt(item, pathField, file.path));
    byFile.set(file.path, known);
  }
  return { byFile, loose, unexpected: [...unexpected] };
}

/** The items of a part, as the tool printed them. */
export function itemsOf(path: SourcePath, part: JsonValue, pathField: JsonPath, names: FileNames): JsonValue[] {
  const items = listOr(member(part, 'items'));
  if (items.length === 0) return [];
  const name = names.write(path, textOr(member(part, 'spelling'), 'relative') as Spelling);
  return items.map((item) => withValueAt(item, pathField, name));
}
