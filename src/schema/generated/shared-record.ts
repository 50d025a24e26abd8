// Generated from schemas/ by scripts/generate-types.ts. Do not edit.
import type { ContentHash, Fingerprint, SourcePath } from '../../model/ids.js';
import type { Dependency } from '../../model/dependency.js';
import type { JsonValue } from '../../model/json.js';

/**
 * One result of one analyzer for one content of one file, as machines share it: named and checked by SHA-256 of the content, and signed where the writer has a key.
 */
export interface SharedRecord {
  /**
   * Kind of this document.
   */
  readonly $schema: 'urn:documee:schema:shared-record:1';
  /**
   * Version of this format; a reader treats any other as a miss.
   */
  readonly formatVersion: 1;
  /**
   * Names what the result is of: SHA-256 over format, fingerprint, path unless the result does not depend on it, and content.
   */
  readonly key: string;
  /**
   * File that was analyzed, POSIX, relative to the root.
   */
  readonly path: SourcePath;
  readonly analyzer: RecordAnalyzer;
  /**
   * SHA-256 of the raw bytes that were analyzed.
   */
  readonly contentHash: ContentHash;
  /**
   * Size of the analyzed file, in bytes.
   */
  readonly sizeBytes: number;
  /**
   * What the result depends on besides its own file, all of it in the root, in the order in which it was read.
   *
   * @maxItems 10000
   */
  readonly dependencies: readonly Dependency[];
  /**
   * Digest of the part of the result that dependents compare; null: they compare all of it.
   */
  readonly surface: string | null;
  /**
   * When the analysis ended, ISO 8601 in UTC.
   */
  readonly analyzedAt: string;
  /**
   * How long the analysis took, in milliseconds.
   */
  readonly durationMs: number;
  /**
   * What the analysis cost besides time, each in the unit of its name, e.g. tokens or usd.
   */
  readonly cost: {
    readonly [k: string]: number;
  };
  /**
   * Part of the shared cache that the record was written to; it counts nowhere else.
   */
  readonly scope: string;
  readonly tool: SharedTool;
  /**
   * The analyzer's answer: any JSON value.
   */
  readonly result: JsonValue;
  /**
   * SHA-256 over the exact bytes before the line of this property.
   */
  readonly digest: string;
  /**
   * Who vouches for the record; null: nobody.
   */
  readonly signature: RecordSignature | null;
}
/**
 * What computed the result.
 */
export interface RecordAnalyzer {
  /**
   * Id of the analyzer.
   */
  readonly id: string;
  /**
   * Version that the analyzer gave itself.
   */
  readonly version: string;
  /**
   * SHA-256 over id, version, code digest, options and declared environment.
   */
  readonly fingerprint: Fingerprint;
}
/**
 * What wrote the record.
 */
export interface SharedTool {
  /**
   * Name of the tool.
   */
  readonly name: string;
  /**
   * Version of the tool.
   */
  readonly version: string;
}
/**
 * Ed25519 over format, key, digest, scope and version of the tool.
 */
export interface RecordSignature {
  /**
   * How it was signed.
   */
  readonly algorithm: 'ed25519';
  /**
   * First 16 hex digits of SHA-256 of the raw public key.
   */
  readonly keyId: string;
  /**
   * The 64 bytes of the signature, in Base64.
   */
  readonly value: string;
}
