/**
 * The meaning of `.gitignore` files, as `git ls-files --others --exclude-standard` has it: the deepest file that has an opinion
 * decides, and an ignored folder is never entered. Not taken in: the user's own global ignore file, which differs between machines.
 */
import ignore from 'ignore';

/** One ignore file. `base` is the folder its patterns are relative to, as POSIX path relative to the root with a `/` at its end. */
interface Level {
  readonly base: string;
  /** For files above the root: the way from their folder to the root, with a `/` at its end. */
  readonly above: string;
  readonly text: string;
  /** Patterns after the text for folders that are entered in spite of it. */
  readonly entered: readonly string[];
  readonly rules: ignore.Ignore;
}

/** Git's default on each system. */
const OPTIONS = { ignorecase: process.platform === 'win32' || process.platform === 'darwin', allowRelativePaths: true };

/** The ignore files that apply in one folder, from the outermost to its own. Immutable. */
export class IgnoreStack {
  static readonly empty = new IgnoreStack([]);
  readonly #levels: readonly Level[];

  private constructor(levels: readonly Level[]) {
    this.#levels = levels;
  }

  /**
   * With one more ignore file, deeper than all others. The folders on the way from a file above the root to the root count as
   * entered: who names an ignored folder as the root wants to see what is in it.
   */
  with(text: string, base: string, above = ''): IgnoreStack {
    const entered = [...above.matchAll(/\//g)].map(({ index }) => reinclude(above.slice(0, index + 1)));
    return new IgnoreStack([...this.#levels, level({ base, above, text, entered })]);
  }

  ignoresFile(path: string): boolean {
    return this.#decide(path) ?? false;
  }

  ignoresFolder(path: string): boolean {
    return this.#decide(`${path}/`) ?? false;
  }

  #decide(path: string): boolean | undefined {
    for (let at = this.#levels.length - 1; at >= 0; at--) {
      const asked = this.#levels[at] as Level;
      const { ignored, unignored } = asked.rules.test(pathFor(asked, path));
      if (ignored) return true;
      if (unignored) return false;
    }
    return undefined;
  }

  /**
   * The stack to use below `folder`, which is entered. Where a deeper file re-included a folder that an outer one ignores, the outer
   * one must not ignore everything in it for being in an ignored folder: git asks it about each path alone.
   */
  inside(folder: string): IgnoreStack {
    const path = `${folder}/`;
    if (!this.#levels.some((outer) => ignoresItself(outer, path))) return this;
    return new IgnoreStack(
      this.#levels.map((outer) => {
        if (!ignoresItself(outer, path)) return outer;
        return level({ ...outer, entered: [...outer.entered, reinclude(pathFor(outer, path))] });
      }),
    );
  }
}

function level(parts: Omit<Level, 'rules'>): Level {
  return { ...parts, rules: ignore(OPTIONS).add(parts.text).add(parts.entered) };
}

function ignoresItself(of: Level, path: string): boolean {
  return of.rules.test(pathFor(of, path)).ignored;
}

/** `path` as the patterns of one file see it. */
function pathFor({ base, above }: Level, path: string): string {
  return above + path.slice(base.length);
}

function reinclude(folder: string): string {
  return `!/${folder.replace(/[\\*?[\] ]/g, '\\$&')}`;
}
