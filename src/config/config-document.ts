import { CacheError } from '../model/errors.js';

/** Where something stands in a configuration file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A configuration file that was read but not yet checked. */
export interface ConfigDocument {
  /** As it is shown: relative to the root where it lies below it; with `#documee` for a part of package.json. */
  readonly file: string;
  readonly value: unknown;
  /** Place of a member's name, or of a member's value; of the nearest thing around it that has a place. */
  locate(path: readonly string[], part: 'key' | 'value'): Position;
}

/** One line: place, problem, what to do. */
export function configError(file: string, { line, column }: Position, problem: string, cause?: unknown): CacheError {
  return new CacheError('CACHE_BAD_CONFIG', `${file}:${line}:${column}: ${problem}`, {
    file,
    line,
    column,
    problem,
    cause,
  });
}

export const START: Position = { line: 1, column: 1 };

/** Position of `offset` in `text`; columns count UTF-16 code units. */
export function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
