import type { CacheError } from '../model/errors.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether this runs in a CI job: CI systems set `CI` to `true` or `1`. */
export function isCi({ CI }: Environment): boolean {
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0';
}

const REFERENCE = /\$\{([^}]*)\}/g;
/** The file may come from a repository that is not trusted: it must not be able to read other variables. */
const MAY_EXPAND = /^DOCUMEE_[A-Za-z0-9_]+$/;

/**
 * `text` with each `${DOCUMEE_...}` replaced by that variable.
 * @param fail makes the error for a name that may not expand or is not set; values are never shown.
 */
export function expand(text: string, environment: Environment, fail: (problem: string) => CacheError): string {
  return text.replace(REFERENCE, (reference, name: string) => {
    if (!MAY_EXPAND.test(name)) throw fail(notExpanded(reference));
    const value = environment[name];
    if (value === undefined || value === '')
      throw fail(`${reference} has no value; set the environment variable ${name}`);
    return value;
  });
}

export const hasReference = (text: string): boolean => text.search(REFERENCE) >= 0;

/** What is wrong with the names in `text`, whatever is set. */
export function badReference(text: string): string | undefined {
  for (const [reference, name = ''] of text.matchAll(REFERENCE))
    if (!MAY_EXPAND.test(name)) return notExpanded(reference);
  return undefined;
}

const notExpanded = (reference: string): string =>
  `${reference} is not expanded: only names that begin with DOCUMEE_ are`;
