import type { EventListener } from '../model/event.js';
import type { ChangeDetection, CodebaseId, ContentHashAlgorithm, Durability } from '../model/ids.js';
import type { CodebaseCache } from '../persistence/codebase-cache.js';
import type { LocalState } from '../persistence/local-state.js';
import type { Candidate, Plan, PlanAnalyzer } from '../plan/make-plan.js';
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
import type { SharedCache } from './shared/shared-cache.js';
import type { Shard } from './shard.js';
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
  /** Only tasks of this part of the codebase; undefined: all. */
  readonly shard: Shard | undefined;
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
  /** What machines share; undefined: this run shares nothing. */
  readonly shared: SharedCache | undefined;
  /** Absolute folders that hold caches and are no source. */
  readonly cacheFolders: readonly string[];
  /** False once a write failed: results stay in memory, and nothing is committed. */
  writable: boolean;
  /** Says once, for each code, that something costs time but no result. */
  readonly warn: (code: string, message: string, cause?: unknown) => void;
  pool(): Promise<WorkerPool>;
  /** Ends the worker threads. */
  close(): Promise<void>;
  /** Ends what was opened for this run; nothing can be read from the cache after it. */
  closeStore(): Promise<void>;
}

export const durable = (session: Pick<Session, 'settings'>): boolean => session.settings.durability === 'full';

/** Everything that is known before the first analysis. */
export interface Prepared {
  readonly scanned: ScanResult;
  readonly previous: Previous;
  readonly damage: DamageReport | undefined;
  /** The state of everything that results may depend on. */
  readonly states: RunStates;
  readonly inputCheck: InputCheck;
  readonly plan: Plan;
  /** Those of the session, each asked about the files of this run only; sorted by id. */
  readonly analyzers: readonly PlanAnalyzer[];
  /** Whether a task is one of this run; others are asked for by such tasks. */
  readonly isOwn: (task: Pick<Candidate, 'path'>) => boolean;
  readonly decisions: Decisions;
  /** Whether others may ask for results of this analyzer. */
  readonly isUsed: (analyzer: string) => boolean;
  readonly resolver: ResultResolver;
  readonly listing: RecordListing;
}
