import type { ChangeDetection, ContentHashAlgorithm, Depends, Durability, FormatName, StoreMode } from '../index.js';

/** What an option's value has to be; without it, any text. */
export type OptionValue = 'count' | 'number' | 'bytes' | 'shard';

/** Which part of a run over several machines this is; both count from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** One option as help, parser and documentation see it. */
export interface OptionSpec {
  /** As commander reads it: `-C, --root <dir>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly value?: OptionValue;
  /** Largest allowed number. */
  readonly most?: number;
  readonly repeatable?: true;
  /** What holds without it, in words: the value itself comes from the configuration. */
  readonly default?: string;
}

/** Values by the option's name in camelCase; what was not given is absent. */
export interface Options {
  readonly root?: string;
  readonly codebase?: string;
  readonly basePath?: string;
  readonly store?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** False after `--no-color`. */
  readonly color?: boolean;
  readonly progress?: boolean;
  readonly analyzer?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly gitignore?: boolean;
  readonly changeDetection?: ChangeDetection;
  readonly contentHash?: ContentHashAlgorithm;
  readonly durability?: Durability;
  readonly concurrency?: number;
  /** False after `--no-remote`. */
  readonly remote?: string | false;
  readonly remoteMode?: StoreMode;
  readonly remoteScope?: string;
  readonly shard?: Shard;
  readonly out?: string;
  readonly force?: boolean;
  readonly output?: string;
  readonly stable?: boolean;
  readonly path?: readonly string[];
  readonly repair?: boolean;
  readonly deep?: boolean;
  readonly sample?: string;
  readonly dryRun?: boolean;
  readonly keepVersions?: number;
  readonly maxAgeDays?: number;
  readonly maxSize?: number;
  readonly graceHours?: number;
  readonly id?: string;
  readonly format?: FormatName;
  readonly list?: string;
  readonly pathField?: string;
  readonly input?: readonly string[];
  /** False after `--no-default-inputs`. */
  readonly defaultInputs?: boolean;
  readonly env?: readonly string[];
  readonly versionCommand?: string;
  readonly depends?: Depends;
  readonly batchSize?: number;
  readonly parallel?: number;
  /** In seconds. */
  readonly timeout?: number;
}

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '-C, --root <dir>', description: 'folder of the codebase', default: 'the current folder' },
  {
    flags: '--codebase <id>',
    description: 'id of the codebase in the cache',
    default: 'from the configuration, else made from the name of the project',
  },
  { flags: '--base-path <dir>', description: 'folder of the cache', default: '<root>/.documee/analysis' },
  {
    flags: '--store <url or name>',
    description: 'where results are kept: a store of the configuration, a built-in one (file, memory, sqlite) or a URL',
    default: 'file: the folder of the cache',
  },
  { flags: '--config <file>', description: 'configuration file', default: '.documee/config.yaml and other places' },
  { flags: '--json', description: 'print one JSON document' },
  { flags: '-q, --quiet', description: 'print results and errors only' },
  { flags: '--verbose', description: 'print every task with its reason; print causes of errors' },
  { flags: '--no-color', description: 'no colours' },
  { flags: '--no-progress', description: 'no progress bar' },
];

const CHANGE_DETECTION = ['stat', 'content'] as const satisfies readonly ChangeDetection[];
const CONTENT_HASH = ['xxh64', 'sha256'] as const satisfies readonly ContentHashAlgorithm[];
const DURABILITY = ['ordered', 'full'] as const satisfies readonly Durability[];

/** What decides which tasks there are and whether their results are current. */
export const SCOPE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--analyzer <spec>',
    description: 'built-in id or path of a module; may be repeated',
    repeatable: true,
    default: 'structure',
  },
  { flags: '--include <glob>', description: 'take in only files that match; may be repeated', repeatable: true },
  { flags: '--exclude <glob>', description: 'leave out files that match; may be repeated', repeatable: true },
  { flags: '--no-gitignore', description: 'take in files that git ignores, too' },
  {
    flags: '--change-detection <how>',
    description: 'trust time and size of a file where that is safe, or hash every file',
    choices: CHANGE_DETECTION,
    default: 'stat; content where CI is set',
  },
  {
    flags: '--content-hash <algorithm>',
    description: 'hash of file contents',
    choices: CONTENT_HASH,
    default: 'xxh64',
  },
];

/** The processor cores that one machine may have, with room to spare. */
const MOST_CONCURRENT = 1024;

/** How tasks are run and their results written. */
export const RUN_OPTIONS: readonly OptionSpec[] = [
  { flags: '--force', description: 'run everything, whatever is kept' },
  {
    flags: '--concurrency <n>',
    description: 'analyses at the same time',
    value: 'count',
    most: MOST_CONCURRENT,
    default: 'the number of processor cores',
  },
  {
    flags: '--durability <how>',
    description: 'flush the commit to disk, or every result as well',
    choices: DURABILITY,
    default: 'ordered',
  },
];

const REMOTE_MODE = ['read', 'write', 'read-write'] as const satisfies readonly StoreMode[];

/** The cache that machines share. */
export const REMOTE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--remote <url or name>',
    description: 'cache that machines share, e.g. redis://host:6379/0, or a store of the configuration',
  },
  { flags: '--no-remote', description: 'no shared cache, whatever is configured' },
  {
    flags: '--remote-mode <mode>',
    description: 'take results from the shared cache, send them to it, or both',
    choices: REMOTE_MODE,
    default: 'read where CI is set and there is no signing key, else read-write',
  },
  { flags: '--remote-scope <name>', description: 'name under which results are shared' },
];

export const SHARD_OPTION: OptionSpec = {
  flags: '--shard <i/n>',
  description: 'only part i of n, by path, of a run that is split over n machines with a shared cache',
  value: 'shard',
};

/** How kept results are compared with what analyzers answer now. */
export const DEEP_OPTIONS: readonly OptionSpec[] = [
  { flags: '--deep', description: 'run a sample of the results that would be used again, and remove what differs' },
  {
    flags: '--sample <size>',
    description: 'with --deep: how many results, e.g. 5%, 200 or all',
    default: '5 %, at least 20',
  },
  ...SCOPE_OPTIONS.filter(({ flags }) => !flags.startsWith('--change-detection ')),
  ...RUN_OPTIONS.filter(({ flags }) => flags.startsWith('--concurrency ')),
];

export const OUTPUT_OPTION: OptionSpec = {
  flags: '--output <file>',
  description: 'write the JSON document to a file, in one step',
};

const FORMATS = [
  'eslint-json',
  'ruff-json',
  'sarif',
  'json',
  'ndjson',
  'text',
] as const satisfies readonly FormatName[];
const DEPENDS = ['none', 'imports', 'all'] as const satisfies readonly Depends[];

/** How a command-line tool is run and what shapes its answers. */
export const EXEC_OPTIONS: readonly OptionSpec[] = [
  { flags: '--id <id>', description: 'name of the analyzer, e.g. eslint; required' },
  { flags: '--format <name>', description: 'how the tool reports; required', choices: FORMATS },
  {
    flags: '--list <pointer>',
    description: 'json: JSON pointer to the list of findings',
    default: 'the whole document',
  },
  { flags: '--path-field <field>', description: 'json, ndjson: field of a finding that holds the path of its file' },
  {
    flags: '--input <path or glob>',
    description: 'a file whose content shapes the answers, besides the files themselves; may be repeated',
    repeatable: true,
    default: 'configuration and lock files that a tool of this format is known to read',
  },
  { flags: '--no-default-inputs', description: 'only the inputs that are given count' },
  {
    flags: '--env <name>',
    description: 'an environment variable that shapes the answers; may be repeated',
    repeatable: true,
  },
  {
    flags: '--version-command <command>',
    description: 'a command whose output tells one version of the tool from another; runs each time',
  },
  {
    flags: '--depends <what>',
    description: 'what an answer depends on besides its file: nothing, what it imports and so on, every file in scope',
    choices: DEPENDS,
    default: 'none',
  },
  {
    flags: '--batch-size <n>',
    description: 'most files in one call of the tool',
    value: 'count',
    default: 'as many as the system takes',
  },
  {
    flags: '--parallel <n>',
    description: 'calls at the same time',
    value: 'count',
    most: MOST_CONCURRENT,
    default: '1',
  },
  { flags: '--timeout <seconds>', description: 'stop a call that takes longer', value: 'number', default: 'no limit' },
  {
    flags: '--include <glob>',
    description: 'pass only files that match; may be repeated',
    repeatable: true,
    default: 'what tools of this format take, else every file',
  },
  ...SCOPE_OPTIONS.filter(({ flags }) => !/^--(analyzer|include) /.test(flags)),
  ...RUN_OPTIONS.filter(({ flags }) => !flags.startsWith('--concurrency ')),
  ...REMOTE_OPTIONS,
  SHARD_OPTION,
  { flags: '--dry-run', description: 'say which files would be passed and why, and run nothing' },
];
