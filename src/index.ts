/** Everything that users of the library may rely on. */
export {
  analyzeCodebase,
  explainPath,
  impactOf,
  planCodebase,
  verifyDeep,
  type AnalysisRun,
  type AnalyzeOptions,
  type ForeseenPlan,
  type RunPlan,
  type VerifyDeepOptions,
} from './analyze-codebase.js';
export type { ExecAnalyzer, ExecReport } from './analyzers/exec/exec-analyzer.js';
export { DEPENDS, type Depends, type ExecCall, type ExecOptions } from './analyzers/exec/exec-options.js';
export { FORMAT_NAMES, type FormatName, type PartEntry } from './analyzers/exec/formats/report-format.js';
export { execAnalyzer } from './analyzers/exec/open-exec-analyzer.js';
export { BUILT_IN_ANALYZER_IDS } from './analyzers/index.js';
export { isCi } from './config/environment.js';
export {
  loadConfig,
  type ConfigFlags,
  type ConfigSources,
  type EffectiveConfig,
  type LoadedConfig,
} from './config/load-config.js';
export type { StorageOptions, StoreMode } from './config/store-config.js';
export { CacheError, ERROR_CODES, messageOf, systemCode, type ErrorCode } from './model/errors.js';
export type {
  AnalysisContext,
  Analyzer,
  AnalyzerShape,
  AnyAnalyzer,
  BatchAnalyzer,
  BatchAnswer,
  BatchContext,
  BatchFile,
  InputContext,
  Reducer,
  ReducerEntry,
  ResultEntry,
  SourceFile,
} from './model/analyzer.js';
export type { Dependency } from './model/dependency.js';
export type { EventListener, RunEvent, RunTotals, TaskFailure } from './model/event.js';
export type { FileDiff, ScanProblem } from './model/file-state.js';
export {
  CHANGE_DETECTION,
  CONTENT_HASH_ALGORITHMS,
  DURABILITY,
  parseCodebaseId,
  type ChangeDetection,
  type CodebaseId,
  type ContentHash,
  type ContentHashAlgorithm,
  type Durability,
  type ResultKey,
  type SourcePath,
  type VersionId,
} from './model/ids.js';
export type { JsonValue } from './model/json.js';
export type { Decision, PlannedTask, Reason, ReasonKind } from './model/plan.js';
export type { AnalysisHead, CodebaseValues } from './persistence/analysis-document.js';
export type { StoredRecord } from './persistence/codebase-cache.js';
export type { Selection } from './persistence/epochs.js';
export type { ChangedResult, VersionDiff, VersionSummary } from './persistence/history.js';
export type { InvalidationReport } from './persistence/invalidate.js';
export type { CodebaseSummary } from './persistence/list-codebases.js';
export type { FileAnalysis, LoadedAnalysis } from './persistence/loaded-analysis.js';
export { PersistenceManager, type ManagerOptions } from './persistence/persistence-manager.js';
export type { PruneLimits, PruneReport } from './persistence/prune.js';
export type { RunStatistics } from './persistence/run-log.js';
export type { AnalysisInput, FileInput, SaveReport } from './persistence/save-analysis.js';
export type { DocumentProblem, VerifyReport } from './persistence/verify.js';
export type { ExplainedInput, ExplainedTask } from './plan/explain.js';
export { analyzerModule, defineAnalyzer, type AnalyzerModule } from './run/load-analyzer.js';
export type { FileExplanation } from './session/explain-file.js';
export type { Impact, ImpactedTask, ImpactReason } from './session/find-impact.js';
export type { Estimate, LastCost } from './session/last-costs.js';
export type { AnalyzerSpec } from './session/load-analyzers.js';
export type { LikelyInput } from './session/likely-input.js';
export type { FileResult, ResultFilter } from './session/result-reader.js';
export type { SampleSize } from './session/sample-tasks.js';
export type { DeepDifference, DeepDifferenceKind, DeepReport } from './session/verify-deep.js';
export { openManager, type OpenManagerOptions } from './session/open-manager.js';
export { invalidateRemote, type InvalidateRemoteOptions } from './session/shared/invalidate-remote.js';
export type { RemoteMode, RemoteOptions, RemoteTotals } from './session/shared/remote-options.js';
export type { Shard } from './session/shard.js';
export { writeKeyPair, type KeyFiles } from './share/key-files.js';
export { newKeyPair, type KeyPair } from './share/keys.js';
export type {
  LeaseDriver,
  StoreCapabilities,
  StoredStat,
  StoreBatch,
  StoreDriver,
  StoreEntry,
} from './store/driver.js';
export type { KeyValueStore, SaveOptions, StoreTransaction, StoreValue } from './store/key-value-store.js';
export {
  FileStore,
  MemoryStore,
  ObjectStore,
  PostgresStore,
  RedisStore,
  SqliteStore,
  TieredStore,
} from './store/named-stores.js';
export { openStore, type OpenStoreOptions, type StoreChoice } from './store/open-store.js';
export type { StoreConfig } from './store/store-config.js';
export { storeError, type StoreAction, type StoreFailure } from './store/store-error.js';
export { Store, type StoreOptions } from './store/store.js';
export { canonicalJson } from './util/canonical-json.js';
export { realFs, writeReplacing, type FileSystem } from './util/fs.js';
export { Secret } from './util/secret.js';
export { didYouMean } from './util/suggest.js';
export { TOOL } from './util/tool.js';
export { watchCodebase, type WatchOptions } from './watch/watch-codebase.js';
export type { Round, RoundHead } from './watch/round.js';
export type { RoundCause } from './watch/round-trigger.js';
