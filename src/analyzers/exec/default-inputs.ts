/** What shapes the answer of well-known tools although nobody passes it to them, so that nothing is stale because it was forgotten. */
import type { FormatName } from './formats/report-format.js';

/** What a package manager installed, or would: plugins and shared configurations come from there. */
const LOCK_FILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
] as const;

/** What is installed may lag behind what the lock file says; these are written with it and are the same in each folder. */
const INSTALLED = [
  'node_modules/.package-lock.json',
  'node_modules/.pnpm/lock.yaml',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
] as const;

const OTHER_LOCK_FILES = [
  'poetry.lock',
  'uv.lock',
  'Pipfile.lock',
  'pdm.lock',
  'requirements.txt',
  'Cargo.lock',
  'go.sum',
  'Gemfile.lock',
  'composer.lock',
] as const;

/**
 * ESLint looks for its configuration in the folder of each file and above; rules with types read `tsconfig.json`, those about imports
 * `package.json`.
 */
const ESLINT = [
  '**/eslint.config.{js,mjs,cjs,ts,mts,cts}',
  '**/.eslintrc{,.js,.cjs,.json,.yml,.yaml}',
  '.eslintignore',
  '**/tsconfig*.json',
  '**/package.json',
  '.editorconfig',
] as const;

/** Ruff takes the nearest of these, and what it extends lies beside it. */
const RUFF = ['**/{ruff,.ruff,pyproject}.toml'] as const;

const ALL_LOCK_FILES = [...LOCK_FILES, ...INSTALLED, ...OTHER_LOCK_FILES];

const DEFAULT_INPUTS: Readonly<Partial<Record<FormatName, readonly string[]>>> = {
  'eslint-json': [...ESLINT, ...LOCK_FILES, ...INSTALLED],
  'ruff-json': RUFF,
};

const ESLINT_ABOVE = [
  ...['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((ending) => `eslint.config.${ending}`),
  ...['', '.js', '.cjs', '.json', '.yml', '.yaml'].map((ending) => `.eslintrc${ending}`),
  'package.json',
  'tsconfig.json',
  '.editorconfig',
];
const ABOVE: Readonly<Partial<Record<FormatName, readonly string[]>>> = {
  'eslint-json': [...ESLINT_ABOVE, ...LOCK_FILES, ...INSTALLED],
  'ruff-json': ['ruff.toml', '.ruff.toml', 'pyproject.toml'],
};

/** Names that tools look for in each folder above the root as well: in a monorepo the configuration and the lock file are there. */
export const inputsAbove = (format: FormatName): readonly string[] => ABOVE[format] ?? ALL_LOCK_FILES;

/** Paths and globs, relative to the root. */
export const defaultInputs = (format: FormatName): readonly string[] => DEFAULT_INPUTS[format] ?? ALL_LOCK_FILES;

const DEFAULT_INCLUDE: Readonly<Partial<Record<FormatName, readonly string[]>>> = {
  'eslint-json': ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'],
  'ruff-json': ['**/*.{py,pyi,ipynb}'],
};

/** Globs of the files that tools with this format take; undefined: any file. */
export const defaultInclude = (format: FormatName): readonly string[] | undefined => DEFAULT_INCLUDE[format];

/** Options whose value is a file that decides what the tool answers. */
const CONFIG_OPTION = /^--?(c|config|config-file|config-path|conf|rcfile|ignore-path|ruleset|rules|project|tsconfig)$/;

/** A name as people give configurations, and no program for `sh -c`. */
const FILE_NAME = /^[^\s*?[\]{}'"$;|&<>()]+$/;

/** Files that a command line names as configuration: `--config x`, `--config=x`, `-c x`. */
export function configArguments(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const [option = '', value] = word.split(/=(.*)/s, 2);
    if (!CONFIG_OPTION.test(option)) return [];
    const named = value ?? words[index + 1];
    return named === undefined || named.startsWith('-') || !FILE_NAME.test(named) ? [] : [named];
  });
}
