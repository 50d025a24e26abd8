// Generated from schemas/ by scripts/generate-types.ts. Do not edit.

/**
 * One invalidation and what it covers: epochs/<number>.json. Results from before it are not served.
 */
export interface EpochEntry {
  /**
   * Kind of this document.
   */
  readonly $schema: 'urn:documee:schema:epoch:1';
  /**
   * Version of this format; an entry of any other counts as covering all.
   */
  readonly formatVersion: 1;
  /**
   * Number of this entry: the highest before it, plus 1.
   */
  readonly number: number;
  /**
   * When it was invalidated, ISO 8601 in UTC. Not used to compare entries.
   */
  readonly createdAt: string;
  readonly selection: EpochSelection;
  /**
   * SHA-256 over the exact bytes before the line of this property.
   */
  readonly digest: string;
}
/**
 * What it covers; both null means everything.
 */
export interface EpochSelection {
  /**
   * Globs of the files it covers; null: all.
   */
  readonly paths: readonly string[] | null;
  /**
   * Ids of the analyzers it covers; null: all.
   */
  readonly analyzers: readonly string[] | null;
}
