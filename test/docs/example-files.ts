/** What the pages in `docs/` print as files: code blocks whose first line is a comment that names one, e.g. `// tools/cycles.mjs`. */
import fs from 'node:fs';
import path from 'node:path';

export const REPOSITORY = path.resolve(import.meta.dirname, '../..');

const textOf = (page: string): string => fs.readFileSync(path.join(REPOSITORY, page), 'utf8');

/** Code by path, in the order of the page. */
export function printedFiles(page: string): Readonly<Record<string, string>> {
  const blocks = textOf(page).matchAll(/^```(?:js|ts)\n(\/\/ ([\w./-]+)\n.*?)^```$/gms);
  return Object.fromEntries(Array.from(blocks, ([, code = '', file = '']) => [file, code]));
}

/** Every page for users, relative to the repository. */
export function pages(): readonly string[] {
  const docs = fs
    .readdirSync(path.join(REPOSITORY, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => `docs/${name.replaceAll(path.sep, '/')}`);
  return ['README.md', ...docs].filter((name) => name.endsWith('.md')).sort();
}

export interface PageLink {
  /** As it is written. */
  readonly link: string;
  /** Relative to the repository. */
  readonly file: string;
  readonly anchor: string | undefined;
}

/** Links of a page that lead to a file, without those in code. */
export function linksOf(page: string): readonly PageLink[] {
  const prose = textOf(page)
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/`[^`\n]*`/g, 'code');
  const links = Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', anchor] = link.split('#', 2);
      return { link, file: file === '' ? page : path.posix.join(path.posix.dirname(page), file), anchor };
    });
}

/** Of a page's headings, as they are made from them where the page is shown. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const prose = textOf(page).replaceAll(/^```.*?^```$/gms, '');
  const headings = Array.from(prose.matchAll(/^#+ (.*)$/gm), ([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
