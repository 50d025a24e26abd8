const SECTION = /^\s*\[\s*([^[\]]+?)\s*\]\s*(?:#.*)?$/;
const NAME = /^\s*(?:name|"name"|'name')\s*=\s*(?:"([^"\\]*)"|'([^']*)')\s*(?:#.*)?$/;

/**
 * The `name` in the first of `sections` that has one, in order of `sections`. Reads line by line and knows no more of TOML than
 * headers and one-line strings: enough for manifests as their tools write them, and no broken file can stop it. Dotted keys, inline
 * tables, escapes and headers inside multi-line strings are beyond it.
 */
export function tomlName(text: string, sections: readonly string[]): string | undefined {
  const names = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const header = SECTION.exec(line)?.[1];
    if (header !== undefined) section = header.replace(/\s*\.\s*/g, '.');
    else if (line.trimStart().startsWith('[[')) section = '';
    const [, basic, literal] = NAME.exec(line) ?? [];
    const name = basic ?? literal;
    if (name !== undefined && !names.has(section)) names.set(section, name);
  }
  return sections.map((wanted) => names.get(wanted)).find((name) => name !== undefined);
}
