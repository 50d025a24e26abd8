/**
 * Tools name a file in many ways. `FileNames` finds which of the files asked about is meant and how it was written, so that the
 * name is kept relative to the root and written again the same way, also after the project was moved.
 */
import type { SourcePath } from '../../../model/ids.js';
import type { ReportPlace } from './report-format.js';

/** How a report writes a file's name: `\` stands for names with backslashes. */
export const SPELLINGS = ['absolute', 'relative', './relative', 'file-url', 'relative\\', 'absolute/'] as const;
export type Spelling = (typeof SPELLINGS)[number];

export interface NamedFile {
  readonly path: SourcePath;
  readonly spelling: Spelling;
}

/** File systems that hold a name for the same in upper and lower case. */
const FOLDS_CASE = process.platform === 'darwin' || process.platform === 'win32';
const WINDOWS_ROOT = /^(?:[A-Za-z]:[\\/]|\\\\)/;

export class FileNames {
  readonly #place: ReportPlace;
  readonly #roots: readonly string[];
  readonly #byName = new Map<string, SourcePath>();
  /** A folded name that two files share means neither. */
  readonly #byFoldedName = new Map<string, SourcePath | undefined>();
  readonly #isWindows: boolean;

  constructor(place: ReportPlace, files: Iterable<SourcePath> = []) {
    this.#place = place;
    this.#isWindows = WINDOWS_ROOT.test(place.root);
    this.#roots = [place.root, ...(place.rootAliases ?? [])].flatMap((root) => withoutPrivate(slashed(root)));
    for (const path of files) {
      this.#byName.set(path, path);
      const folded = this.#fold(path);
      this.#byFoldedName.set(folded, this.#byFoldedName.has(folded) ? undefined : path);
    }
  }

  /** Which file asked about `text` names, or undefined. A name that is not absolute is relative to `base`. */
  read(text: string, base: string = this.#place.cwd): NamedFile | undefined {
    for (const below of this.belowRoot(text, base)) {
      const path = this.#byName.get(below) ?? this.#byFoldedName.get(this.#fold(below));
      if (path !== undefined) return { path, spelling: this.#spellingOf(text, path) };
    }
    return undefined;
  }

  /** What `text` may name, relative to the root; nothing where it lies outside. */
  belowRoot(text: string, base: string = this.#place.cwd): string[] {
    const names = [withoutScheme(text)];
    if (this.#isWindows || text.includes('\\')) names.push(slashed(names[0] as string));
    const found = names.map((name) =>
      this.#relativeToRoot(normalize(isAbsolute(name) ? name : `${slashed(base)}/${name}`)),
    );
    return found.filter((name) => name !== undefined);
  }

  write(path: string, spelling: Spelling): string {
    const { root } = this.#place;
    switch (spelling) {
      case 'absolute':
        return this.#isWindows ? `${withoutEnd(root)}\\${path.replaceAll('/', '\\')}` : `${withoutEnd(root)}/${path}`;
      case 'absolute/':
        return `${slashed(withoutEnd(root))}/${path}`;
      case 'file-url':
        return `${this.rootUrl()}${path.split('/').map(encodeURIComponent).join('/')}`;
      case 'relative':
        return this.#fromCwd(path);
      case './relative':
        return `./${this.#fromCwd(path)}`;
      case 'relative\\':
        return this.#fromCwd(path).replaceAll('/', '\\');
    }
  }

  /** `file:///…/`, with a slash at its end. */
  rootUrl(): string {
    const steps = slashed(withoutEnd(this.#place.root)).split('/');
    const encoded = steps.map((step) => (/^[A-Za-z]:$/.test(step) ? step : encodeURIComponent(step))).join('/');
    return `file://${encoded.startsWith('/') ? '' : '/'}${encoded}/`;
  }

  #spellingOf(text: string, path: string): Spelling {
    const exact = SPELLINGS.find((spelling) => this.write(path, spelling) === text);
    if (exact !== undefined) return exact;
    if (/^file:/i.test(text)) return 'file-url';
    return isAbsolute(slashed(text)) ? 'absolute' : 'relative';
  }

  #relativeToRoot(absolute: string): string | undefined {
    for (const root of this.#roots) {
      if (absolute.startsWith(`${root}/`)) return absolute.slice(root.length + 1);
      if (this.#fold(absolute).startsWith(`${this.#fold(root)}/`)) return absolute.slice(root.length + 1);
    }
    return undefined;
  }

  #fromCwd(path: string): string {
    const cwd = slashed(withoutEnd(this.#place.cwd)).split('/');
    const file = `${slashed(withoutEnd(this.#place.root))}/${path}`.split('/');
    let same = 0;
    while (same < cwd.length && same < file.length - 1 && cwd[same] === file[same]) same++;
    return [...cwd.slice(same).map(() => '..'), ...file.slice(same)].join('/');
  }

  #fold(name: string): string {
    const composed = name.normalize('NFC');
    return FOLDS_CASE || this.#isWindows ? composed.toLowerCase() : composed;
  }
}

const slashed = (name: string): string => name.replaceAll('\\', '/');
const withoutEnd = (folder: string): string => folder.replace(/[\\/]+$/, '');
const isAbsolute = (name: string): boolean => name.startsWith('/') || /^[A-Za-z]:\//.test(name);

/** macOS reaches `/private/tmp` and `/private/var` by shorter names as well. */
function withoutPrivate(root: string): string[] {
  const trimmed = withoutEnd(root);
  return /^\/private\/(?:tmp|var|etc)\b/.test(trimmed) ? [trimmed, trimmed.slice('/private'.length)] : [trimmed];
}

/** The path of a `file:` URL; anything else as it is. */
function withoutScheme(text: string): string {
  const match = /^file:(?:\/\/(?:localhost)?(?=\/))?(.*)$/i.exec(text);
  if (match === null) return text;
  return decoded(match[1] as string).replace(/^\/(?=[A-Za-z]:)/, '');
}

/** Percent-encoding undone; text where it is broken stays as it is. */
export function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `.`, `..` and doubled slashes resolved, of an absolute path. */
function normalize(absolute: string): string {
  if (!/\/\.{0,2}(?:\/|$)/.test(absolute)) return absolute;
  const steps: string[] = [];
  for (const step of absolute.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return (absolute.startsWith('/') ? '/' : '') + steps.join('/');
}
