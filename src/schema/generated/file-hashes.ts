// Generated from schemas/ by scripts/generate-types.ts. Do not edit.
import type { ContentHash } from '../../model/ids.js';

/**
 * Content hash of every source file by its POSIX path relative to the root: file_hashes.json. A plain map without a header, since a file may be called anything.
 */
export interface FileHashesMap {
  readonly [k: string]: ContentHash;
}
