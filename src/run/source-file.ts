import type { SourceFile } from '../model/analyzer.js';
import type { ContentHash, SourcePath } from '../model/ids.js';

/** The file as an analyzer sees it; decoded only if it asks, and once for all analyzers. */
export class HashedFile implements SourceFile {
  readonly path: SourcePath;
  readonly bytes: Uint8Array;
  readonly contentHash: ContentHash;
  #text: string | undefined;

  constructor(path: SourcePath, bytes: Uint8Array, contentHash: ContentHash) {
    this.path = path;
    this.bytes = bytes;
    this.contentHash = contentHash;
  }

  text(): string {
    return (this.#text ??= new TextDecoder().decode(this.bytes));
  }
}
