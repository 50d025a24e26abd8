/** Every command, once: help, parsing and `docs/cli.md` are made of this table. */
import type { Command } from './command.js';
import {
  DEEP_OPTIONS,
  EXEC_OPTIONS,
  OUTPUT_OPTION,
  REMOTE_OPTIONS,
  RUN_OPTIONS,
  SCOPE_OPTIONS,
  SHARD_OPTION,
  type OptionSpec,
} from './options.js';

export interface ArgumentSpec {
  /** As commander reads it: `<required>`, `[optional]`. */
  readonly usage: string;
  readonly description: string;
}

export interface CommandSpec {
  /** `analyze`, or `config show` for a command within a command. */
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly (readonly [command: string, does: string])[];
  /** It keeps what was finished when it is interrupted; the others end where they are. */
  readonly analyzes?: true;
  /** What stands behind `--` are its arguments, whatever they look like: a command line of its own. */
  readonly passesOn?: true;
  readonly load: () => Promise<Command>;
}

const ROOT: ArgumentSpec = { usage: '[root]', description: 'folder of the codebase; the same as --root' };
const PATH: ArgumentSpec = { usage: '<path>', description: 'source file, relative to the root' };

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'analyze',
    summary: 'bring every result up to date, running only what has to run',
    arguments: [ROOT],
    options: [...SCOPE_OPTIONS, ...RUN_OPTIONS, ...REMOTE_OPTIONS, SHARD_OPTION, OUTPUT_OPTION],
    examples: [
      ['documee analyze', 'the current folder, with the built-in analyzer'],
      ["documee analyze ../shop --analyzer ./todo.mjs --include 'src/**'", 'another folder, an analyzer of your own'],
      ['documee analyze --json --output report.json', 'for a pipeline'],
      ['documee analyze --remote redis://cache.example:6379/0 --shard 2/5', 'one of five machines'],
    ],
    analyzes: true,
    load: async () => (await import('./commands/analyze.js')).analyze,
  },
  {
    name: 'plan',
    summary: 'what a run would do and why, without doing it',
    arguments: [ROOT],
    options: [...SCOPE_OPTIONS, ...RUN_OPTIONS, ...REMOTE_OPTIONS, SHARD_OPTION, OUTPUT_OPTION],
    examples: [
      ['documee plan', 'what would run, by reason'],
      ['documee plan --json', 'every task with its decision and its reason'],
    ],
    load: async () => (await import('./commands/plan.js')).plan,
  },
  {
    name: 'watch',
    summary: 'stay up, run again whenever something changed, and print each round',
    description:
      'Ends with Ctrl-C. A line says what a round did; with --json it is one line of JSON. Rounds on a timer that find nothing are not printed. What no event tells (outside of the root, in node_modules or .git, after a sleep of the machine) is found by a round every 5 minutes. The configuration is read anew in each round, the code of analyzers at the start only.',
    arguments: [ROOT],
    options: [...SCOPE_OPTIONS, ...RUN_OPTIONS.filter(({ flags }) => flags !== '--force'), ...REMOTE_OPTIONS],
    examples: [
      ['documee watch', 'the current folder'],
      ['documee watch ../shop --json', 'one line of JSON for each round'],
    ],
    analyzes: true,
    load: async () => (await import('./commands/watch.js')).watch,
  },
  {
    name: 'explain',
    summary: 'why a file hits or misses: each input, old value, new value',
    arguments: [PATH],
    options: SCOPE_OPTIONS,
    examples: [['documee explain src/cart.ts', 'what decides whether this file runs again']],
    load: async () => (await import('./commands/explain.js')).explain,
  },
  {
    name: 'impact',
    summary: 'what an edit of a file would run again, and what that took last time',
    description: 'By what the last run recorded. The file need not be a source file, nor exist yet.',
    arguments: [{ usage: '<path>', description: 'file, relative to the root' }],
    options: SCOPE_OPTIONS,
    examples: [['documee impact src/money.ts', 'every result that depends on it']],
    load: async () => (await import('./commands/impact.js')).impact,
  },
  {
    name: 'show',
    summary: 'the stored records of one file',
    arguments: [PATH],
    options: [
      { flags: '--analyzer <id>', description: 'only the record of this analyzer; may be repeated', repeatable: true },
    ],
    examples: [['documee show src/cart.ts --json', 'the whole records']],
    load: async () => (await import('./commands/show.js')).show,
  },
  {
    name: 'results',
    summary: 'every current result as NDJSON, one line for each file and analyzer',
    description:
      'Brings the results up to date first, as analyze does. Lines are sorted by path, then analyzer; keys are sorted.',
    arguments: [],
    options: [
      { flags: '--stable', description: 'leave out times and all else that differs between equal runs' },
      ...SCOPE_OPTIONS,
      ...RUN_OPTIONS,
      ...REMOTE_OPTIONS,
    ],
    examples: [
      ['documee results > results.ndjson', 'everything'],
      ['documee results --stable | sha256sum', 'one number for all answers'],
    ],
    analyzes: true,
    load: async () => (await import('./commands/results.js')).results,
  },
  {
    name: 'exec',
    summary: 'run any command-line analyzer on the files that need it only, and print its whole report',
    description:
      'The report is that of all files, old and new, with the exit code that the tool would have given; where nothing has to run the tool is not started. The results are kept as a codebase of their own, <codebase>@<id>, beside those of analyze; --codebase names another. With --json the document tells of the run instead of the report.',
    arguments: [
      {
        usage: '[command...]',
        description: 'behind `--`: the tool with its arguments; {files} stands where the files go, else they come last',
      },
    ],
    options: [...EXEC_OPTIONS, { ...OUTPUT_OPTION, description: 'write the report to a file, in one step' }],
    examples: [
      ['documee exec --id eslint --format eslint-json -- npx eslint --format json {files}', 'whole report of ESLint'],
      [
        'documee exec --id types --format eslint-json --depends imports -- npx eslint --format json {files}',
        'with rules that look at imported files',
      ],
      [
        "documee exec --id shellcheck --format text --include '**/*.sh' -- shellcheck {files}",
        'any tool, file by file',
      ],
    ],
    analyzes: true,
    passesOn: true,
    load: async () => (await import('./commands/exec.js')).exec,
  },
  {
    name: 'list',
    summary: 'the codebases in the cache: id, files, size, last run',
    arguments: [],
    options: [],
    examples: [['documee list --base-path ~/.cache/documee', 'of a cache that several projects share']],
    load: async () => (await import('./commands/list.js')).list,
  },
  {
    name: 'invalidate',
    summary: 'serve no result from before now: of a codebase, or of a part of it',
    arguments: [{ usage: '[id]', description: 'the codebase; the same as --codebase' }],
    options: [
      { flags: '--path <glob>', description: 'only files that match; may be repeated', repeatable: true },
      { flags: '--analyzer <id>', description: 'only results of this analyzer; may be repeated', repeatable: true },
      ...REMOTE_OPTIONS,
    ],
    examples: [
      ['documee invalidate', 'everything of this codebase'],
      ["documee invalidate shop --path 'src/**' --analyzer structure", 'a part of another one in the same cache'],
    ],
    load: async () => (await import('./commands/invalidate.js')).invalidate,
  },
  {
    name: 'history',
    summary: 'the kept versions, newest first',
    arguments: [],
    options: [],
    examples: [['documee history', 'what each run changed']],
    load: async () => (await import('./commands/history.js')).history,
  },
  {
    name: 'diff',
    summary: 'results that appeared, disappeared or changed between two versions',
    arguments: [
      { usage: '<a>', description: 'version to compare from, as history names it' },
      { usage: '<b>', description: 'version to compare to' },
    ],
    options: [],
    examples: [['documee diff 20261120T101500Z-3f9c 20261121T080000Z-91be', '']],
    load: async () => (await import('./commands/diff.js')).diff,
  },
  {
    name: 'stats',
    summary: 'hit rate, time saved, sizes, and how often each reason made something run',
    arguments: [],
    options: [],
    examples: [['documee stats', 'of the runs on this machine']],
    load: async () => (await import('./commands/stats.js')).stats,
  },
  {
    name: 'verify',
    summary: 'check every document of the cache against its digest and schema',
    description:
      'Exits with 1 where anything was found, also where it was repaired. With --deep it also asks the analyzers themselves: an answer that differs although nothing that it is known to depend on has changed is removed, and what it may depend on is named. The other options are for --deep only.',
    arguments: [],
    options: [
      { flags: '--repair', description: 'remove what is bad, so that the next run makes it anew' },
      ...DEEP_OPTIONS,
    ],
    examples: [
      ['documee verify --repair', ''],
      ['documee verify --deep --sample 200', 'whether 200 results are what their analyzers would answer now'],
    ],
    load: async () => (await import('./commands/verify.js')).verify,
  },
  {
    name: 'prune',
    summary: 'remove what no kept version refers to, by age and size',
    description: 'Limits that are not given come from the configuration.',
    arguments: [],
    options: [
      { flags: '--dry-run', description: 'say what would be removed, and remove nothing' },
      { flags: '--keep-versions <n>', description: 'versions to keep, the newest ones', value: 'count', default: '20' },
      {
        flags: '--max-age-days <n>',
        description: 'keep what was used in the last n days',
        value: 'number',
        default: '30',
      },
      {
        flags: '--max-size <bytes>',
        description: 'size to get below, e.g. 500M (k, M, G)',
        value: 'bytes',
        default: 'no limit',
      },
      { flags: '--grace-hours <n>', description: 'remove nothing that is younger', value: 'number', default: '24' },
    ],
    examples: [
      ['documee prune --dry-run', 'what would go'],
      ['documee prune --max-size 500M', 'the least recently used records go first'],
    ],
    load: async () => (await import('./commands/prune.js')).prune,
  },
  {
    name: 'keys new',
    summary: 'make a pair of keys that signs shared results, and say what to put where',
    description:
      'Only who has the private key can then send results that the others take. It is written to a file for its owner alone and never printed.',
    arguments: [],
    options: [
      {
        flags: '--out <file>',
        description: 'file of the private key, or a folder for it; the public key lies beside it with .pub at its end',
        default: 'documee-signing-key.pem in the current folder',
      },
    ],
    examples: [['documee keys new --out ~/.config/documee/ci.pem', 'for the CI jobs that may write']],
    load: async () => (await import('./commands/keys-new.js')).keysNew,
  },
  {
    name: 'config show',
    summary: 'the effective configuration, with where each value came from',
    arguments: [],
    options: [...SCOPE_OPTIONS, ...RUN_OPTIONS.filter(({ flags }) => flags !== '--force'), ...REMOTE_OPTIONS],
    examples: [['documee config show', '']],
    load: async () => (await import('./commands/config-show.js')).configShow,
  },
];
