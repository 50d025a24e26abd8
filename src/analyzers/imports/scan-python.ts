import { ImportCollector, type ImportsResult } from './result.js';
import { pythonStatements } from './python-statements.js';

const IMPORT = /^import\s+([\s\S]*)$/;
const FROM = /^from\s*([^\s()*]*?)\s*\bimport\b([\s\S]*)$/;
/** A line that begins like an import, wherever it stands. */
const LOOSE = /^[ \t]*(?:import|from)\b[^\n]*(?:\([^)]*\)|(?:\\\r?\n[^\n]*)*)/gm;

/** What a Python file imports. Where the text cannot be read for certain, every line that looks like an import is taken for one. */
export function scanPython(text: string): ImportsResult {
  const found = new ImportCollector();
  const { statements, called, isCallUnknown, isSound } = pythonStatements(text);
  for (const statement of statements) addStatement(found, statement);
  if (!isSound)
    for (const [line] of text.matchAll(LOOSE))
      addStatement(found, line.replace(/#[^\n]*/g, ' ').replace(/\\\r?\n/g, ' '));
  for (const module of called) found.add('dynamic', module);
  if (isCallUnknown) found.unknown = true;
  return found.result();
}

function addStatement(found: ImportCollector, statement: string): void {
  const code = statement.trimStart();
  if (code.startsWith('import')) {
    const names = IMPORT.exec(code)?.[1];
    for (const name of namesOf(names ?? '')) found.add('import', name);
  } else if (code.startsWith('from')) {
    // White space may stand around every dot.
    const [, module = '', names = ''] = FROM.exec(code.replace(/\s*\.\s*/g, '.')) ?? [];
    if (module !== '') found.addNames(identifier(module), namesOf(names.replace(/[()]/g, ' ')));
  }
}

/** `a.b as c, d` without what they are called here. */
function namesOf(list: string): string[] {
  return list
    .split(',')
    .map((name) => identifier(name.replace(/\bas\s[\s\S]*$/, '')))
    .filter((name) => /^(?:\*|[\w.\u0080-\uffff]+)$/.test(name));
}

/** Python takes names in their compatibility form. Source: Python language reference, identifiers. */
function identifier(name: string): string {
  return name.replace(/\s/g, '').normalize('NFKC');
}
