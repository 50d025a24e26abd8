import { ImportCollector, type ImportsResult } from './result.js';

const GAP = /(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n)*/.source;
const LITERAL = /(?<quote>['"`])(?<name>[^'"`\n]{1,1000})\k<quote>/.source;
const IMPORTED = new RegExp(`\\b(?:from|import)${GAP}${LITERAL}`, 'g');
const CALLED = new RegExp(
  `\\b(?:(import|require)(?:\\s*\\.\\s*(?:meta|resolve|defer|source))*)${GAP}\\(${GAP}(?:${LITERAL})?`,
  'g',
);
const DECLARED = new RegExp(`\\bmodule${GAP}${LITERAL}`, 'g');
const REFERENCED = /<\s*reference\s[^>]*?\b(path|types)\s*=\s*(['"])([^'"\n]*)\2/g;

/**
 * Everything in `text` that looks like an import, wherever it stands, for code that cannot be told from strings and comments: what is found
 * too much costs a run, what is missed would be a stale answer.
 */
export function looseScript(text: string): ImportsResult {
  const found = new ImportCollector();
  found.ambient = true;
  for (const match of text.matchAll(IMPORTED)) found.add('import', match.groups?.['name'] ?? '');
  for (const match of text.matchAll(CALLED)) {
    const name = match.groups?.['name'];
    if (name === undefined) found.unknown = true;
    else found.add(match[1] === 'require' ? 'require' : 'dynamic', name);
  }
  for (const match of text.matchAll(DECLARED)) found.add('augments', match.groups?.['name'] ?? '');
  for (const match of text.matchAll(REFERENCED)) found.add(match[1] === 'types' ? 'types' : 'path', match[3] ?? '');
  return found.result();
}
