import type { Language } from '../result.js';
import type { LanguageRules } from '../rules.js';
import { javascript } from './javascript.js';
import { python } from './python.js';
import { typescript } from './typescript.js';

export interface LanguageDefinition {
  readonly language: Language;
  /** Name of its grammar in the tree-sitter package. */
  readonly grammar: string;
  readonly rules: LanguageRules;
}

const PYTHON: LanguageDefinition = { language: 'python', grammar: 'python', rules: python };
const TYPESCRIPT: LanguageDefinition = { language: 'typescript', grammar: 'typescript', rules: typescript };
const JAVASCRIPT: LanguageDefinition = { language: 'javascript', grammar: 'javascript', rules: javascript };

const BY_ENDING: ReadonlyMap<string, LanguageDefinition> = new Map([
  ['py', PYTHON],
  ['ts', TYPESCRIPT],
  ['mts', TYPESCRIPT],
  ['cts', TYPESCRIPT],
  ['tsx', { language: 'tsx', grammar: 'tsx', rules: typescript }],
  ['js', JAVASCRIPT],
  ['mjs', JAVASCRIPT],
  ['cjs', JAVASCRIPT],
  ['jsx', { language: 'jsx', grammar: 'javascript', rules: javascript }],
]);

/** The language of a path by its ending, or undefined where it is none of ours. */
export function languageOf(path: string): LanguageDefinition | undefined {
  return BY_ENDING.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase());
}
