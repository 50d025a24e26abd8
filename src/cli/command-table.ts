/** Every command, once: help, parsing and `docs/cli.md` are made of this table. */
import type { Command } from './command.js';
import { OUTPUT_OPTION, RUN_OPTIONS, SCOPE_OPTIONS, type OptionSpec } from './options.js';

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
  readonly load: () => Promise<Command>;
}

const ROOT: ArgumentSpec = { usage: '[root]', description: 'folder of the codebase; the same as --root' };
const PATH: ArgumentSpec = { usage: '<path>', description: 'source file, relative to the root' };

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'analyze',
    summary: 'bring every result up to date, running only what has to run',
    arguments: [ROOT],
    options: [...SCOPE_OPTIONS, ...RUN_OPTIONS, OUTPUT_OPTION],
    examples: [
      ['documee analyze', 'the current folder, with the built-in analyzer'],
      ["documee analyze ../shop --analyzer ./todo.mjs --include 'src/**'", 'another folder, an analyzer of your own'],
      ['documee analyze --json --output report.json', 'for a pipeline'],
    ],
    analyzes: true,
    load: async () => (await import('./commands/analyze.js')).analyze,
  },
  {
    name: 'plan',
    summary: 'what a run would do and why, without doing it',
    arguments: [ROOT],
    options: [...SCOPE_OPTIONS, ...RUN_OPTIONS, OUTPUT_OPTION],
    examples: [
      ['documee plan', 'what would run, by reason'],
      ['documee plan --json', 'every task with its decision and its reason'],
    ],
    load: async () => (await import('./commands/plan.js')).plan,
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
    ],
    examples: [
      ['documee results > results.ndjson', 'everything'],
      ['documee results --stable | sha256sum', 'one number for all answers'],
    ],
    analyzes: true,
    load: async () => (await import('./commands/results.js')).results,
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
    description: 'Exits with 1 where anything was found, also where it was repaired.',
    arguments: [],
    options: [{ flags: '--repair', description: 'remove what is bad, so that the next run makes it anew' }],
    examples: [['documee verify --repair', '']],
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
    name: 'config show',
    summary: 'the effective configuration, with where each value came from',
    arguments: [],
    options: [...SCOPE_OPTIONS, ...RUN_OPTIONS.filter(({ flags }) => flags !== '--force')],
    examples: [['documee config show', '']],
    load: async () => (await import('./commands/config-show.js')).configShow,
  },
];
