import type { EventListener } from '../model/event.js';
import type { ChangeDetection, CodebaseId, ContentHashAlgorithm, Durability } from '../model/ids.js';
import type { CodebaseCache } from '../persistence/codebase-cache.js';
import type { LocalState } from '../persistence/local-state.js';
import type { Plan, PlanAnalyzer } from '../plan/make-plan.js';
import type { RunAnalyzer } from '../run/task.js';
import type { WorkerPool } from '../run/worker-pool.js';
import type { ScanResult } from '../scan/scan.js';
import type { Clock } from '../util/clock.js';
import type { FileSystem } from '../util/fs.js';
import type { ContentHasher } from '../util/hash.js';
import type { DamageReport } from './find-damage.js';
import type { InputCheck } from './check-inputs.js';
import type { Decisions } from './decisions.js';
import type { RecordListing } from './look-up.js';
import type { ResultResolver } from './resolve-results.js';
import type { RunStates } from './run-states.js';
import type { Previous } from './previous-run.js';

/** What a run is asked for, with every default filled in. */
export interface Settings {
  /** Absolute. */
  readonly root: string;
  readonly codebaseId: CodebaseId;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly gitignore: boolean;
  readonly changeDetection: ChangeDetection;
  readonly contentHash: ContentHashAlgorithm;
  readonly durability: Durability;
  readonly concurrency: number;
  readonly force: boolean;
  readonly keepVersions: number;
  /** Longer source files are reported and left out. */
  readonly maxFileBytes: number;
}

/** An analyzer as planning and running see it. */
export interface SessionAnalyzer extends RunAnalyzer {
  readonly plan: PlanAnalyzer;
}

/** Everything one run holds on to. */
export interface Session {
  readonly settings: Settings;
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly hasher: ContentHasher;
  readonly signal: AbortSignal;
  /** What analyzers see of the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly emit: EventListener;
  /** Sorted by id. */
  readonly analyzers: readonly SessionAnalyzer[];
  /** Undefined where the cache cannot be used at all: the run goes on without. */
  readonly cache: CodebaseCache | undefined;
  readonly local: LocalState | undefined;
  /** Absolute folders that hold caches and are no source. */
  readonly cacheFolders: readonly string[];
  /** False once a write failed: results stay in memory, and nothing is committed. */
  writable: boolean;
  /** Says once, for each code, that something costs time but no result. */
  readonly warn: (code: string, message: string, cause?: unknown) => void;
  pool(): Promise<WorkerPool>;
  close(): Promise<void>;
}

export const durable = (session: Session): boolean => session.settings.durability === 'full';

/** Everything that is known before the first analysis. */
export interface Prepared {
  readonly scanned: ScanResult;
  readonly previous: Previous;
  readonly damage: DamageReport | undefined;
  /** The state of everything that results may depend on. */
  readonly states: RunStates;
  readonly inputCheck: InputCheck;
  readonly plan: Plan;
  readonly decisions: Decisions;
  readonly resolver: ResultResolver;
  readonly listing: RecordListing;
}
