import type { JsonValue } from '../../../model/json.js';

/** The text of a list in pieces, as `JSON.stringify` prints one that stands `depth` levels deep. */
export function* jsonList(items: Iterable<JsonValue>, indent: string, depth: number): Generator<string> {
  const newline = indent === '' ? '' : `\n${indent.repeat(depth)}`;
  const newItem = newline + indent;
  let before = '[';
  for (const item of items) {
    yield before + newItem + JSON.stringify(item, null, indent).replaceAll('\n', newItem);
    before = ',';
  }
  yield before === '[' ? '[]' : `${newline}]`;
}

/** A list that is printed at its place in a document, instead of a value made by `hole`. */
export interface Hole {
  readonly items: Iterable<JsonValue>;
  /** Levels around it. */
  readonly depth: number;
}

/**
 * `document` in pieces. What `fill` is given makes the values that stand for long lists; `fill` answers with the document that has them, in
 * the order in which they were made.
 */
export function* jsonDocument(fill: (hole: (hole: Hole) => JsonValue) => JsonValue, indent: string): Generator<string> {
  const holes: Hole[] = [];
  // U+E000 is private: a report that holds it is looked at twice.
  let mark = '\ue000';
  let text = printed();
  while (text.split(`"${mark}"`).length !== holes.length + 1) {
    mark += '\ue000';
    text = printed();
  }
  const pieces = text.split(`"${mark}"`);
  for (const [at, piece] of pieces.entries()) {
    yield piece;
    const hole = holes[at];
    if (hole !== undefined) yield* jsonList(hole.items, indent, hole.depth);
  }

  function printed(): string {
    holes.length = 0;
    const document = fill((hole) => {
      holes.push(hole);
      return mark;
    });
    return JSON.stringify(document, null, indent);
  }
}
