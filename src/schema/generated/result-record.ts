// Generated from schemas/ by scripts/generate-types.ts. Do not edit.
import type { ContentHash, Fingerprint, ResultKey, SourcePath } from '../../model/ids.js';
import type { Dependency } from '../../model/dependency.js';
import type { JsonValue } from '../../model/json.js';

/**
 * One result of one analyzer for one content of one file: file_<key>.json, or file_<key>-<8 hex digits of its dependencies>.json where it has any.
 */
export interface ResultRecord {
  /**
   * Kind of this document.
   */
  readonly $schema: 'urn:documee:schema:result-record:1';
  /**
   * Version of this format; a reader treats any other as a miss.
   */
  readonly formatVersion: 1;
  /**
   * Names what the result is of: 32 hex digits.
   */
  readonly key: ResultKey;
  /**
   * File that was analyzed, POSIX, relative to the root.
   */
  readonly path: SourcePath;
  readonly analyzer: RecordAnalyzer;
  /**
   * Hash of the raw bytes that were analyzed, with its algorithm.
   */
  readonly contentHash: ContentHash;
  /**
   * Size of the analyzed file, in bytes.
   */
  readonly sizeBytes: number;
  /**
   * Newest invalidation known when the run that made the result began; 0 before the first.
   */
  readonly epoch: number;
  /**
   * What the result depends on besides its own file, in the order in which it was read.
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
   * The analyzer's answer: any JSON value.
   */
  readonly result: JsonValue;
  /**
   * SHA-256 over the exact bytes before the line of this property.
   */
  readonly digest: string;
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
