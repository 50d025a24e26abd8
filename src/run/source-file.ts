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

  /** The same file for another analyzer, with bytes of its own; they are copied when they are asked for. */
  copy(): SourceFile {
    return new FileCopy(this);
  }

  text(): string {
    return (this.#text ??= new TextDecoder().decode(this.bytes));
  }
}

class FileCopy implements SourceFile {
  readonly path: SourcePath;
  readonly contentHash: ContentHash;
  readonly #file: HashedFile;
  #bytes: Uint8Array | undefined;

  constructor(file: HashedFile) {
    this.path = file.path;
    this.contentHash = file.contentHash;
    this.#file = file;
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= Buffer.from(this.#file.bytes));
  }

  text(): string {
    return this.#file.text();
  }
}
