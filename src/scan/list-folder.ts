import { messageOf, systemCode } from '../model/errors.js';
import type { ScanProblem } from '../model/file-state.js';
import { isNotFound, type FileSystem } from '../util/fs.js';
import type { IgnoreStack } from './ignore-rules.js';
import type { FoundFile } from './listing.js';
import { readIgnoreFile } from './outer-ignore-files.js';
import type { Scope } from './scope.js';

export interface FolderContent {
  /** Paths of files, links and whatever else is no folder, in scope by their name. */
  readonly files: readonly FoundFile[];
  /** Paths of folders to enter. */
  readonly folders: readonly string[];
  readonly problems: readonly ScanProblem[];
  /** Text of the folder's own ignore file. */
  readonly ignoreText: string | undefined;
  /** It has one that cannot be read, or is no regular file: git goes on without it, and so does this. */
  readonly hasOddIgnoreFile: boolean;
  /** The rules in this folder, its own ignore file included. */
  readonly ignores: IgnoreStack;
  /** Any name, in scope or not, is a link. */
  readonly holdsLinks: boolean;
  /** It has folders that are not to be entered, or may have. */
  readonly holdsOtherFolders: boolean;
}

export const IGNORE_FILE = '.gitignore';
/** What stands for bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD';

/** The names of one folder that are in scope; `outer` are the rules of the folders above. Undefined where it is gone. */
export function listFolder(
  fs: FileSystem,
  root: string,
  prefix: string,
  scope: Scope,
  outer: IgnoreStack,
): FolderContent | undefined {
  const path = prefix.slice(0, -1);
  const absolute = prefix === '' ? root : `${root}/${path}`;
  const entries = readEntries(fs, absolute, prefix);
  if (!entries.ok) {
    if (entries.gone) return undefined;
    const problem: ScanProblem = { path: path === '' ? '.' : path, reason: 'unreadable', message: entries.message };
    return {
      files: [],
      folders: [],
      problems: [problem],
      ignoreText: undefined,
      hasOddIgnoreFile: false,
      ignores: outer,
      holdsLinks: true,
      holdsOtherFolders: true,
    };
  }
  const hasIgnoreFile = scope.gitignore && entries.valid.some(({ name }) => name === IGNORE_FILE);
  const ignoreText = hasIgnoreFile ? readIgnoreFile(fs, `${absolute}/${IGNORE_FILE}`) : undefined;
  const hasOddIgnoreFile = hasIgnoreFile && ignoreText === undefined;
  const above = prefix === '' ? outer : outer.inside(path);
  const ignores = ignoreText === undefined ? above : above.with(ignoreText, prefix);
  const files: FoundFile[] = [];
  const folders: string[] = [];
  let holdsLinks = false;
  let holdsOtherFolders = entries.invalid.some(({ isFolder }) => isFolder);
  for (const entry of entries.valid) {
    holdsLinks ||= entry.isSymbolicLink();
    if (scope.skipsName(entry.name)) {
      holdsOtherFolders ||= entry.isDirectory();
      continue;
    }
    const found = prefix + entry.name;
    if (entry.isDirectory()) {
      if (!scope.skipsFolder(found) && !ignores.ignoresFolder(found)) folders.push(found);
      else holdsOtherFolders = true;
    } else if (scope.hasFile(found) && !ignores.ignoresFile(found))
      files.push({ path: found, prefix, isPlain: entry.isFile() });
  }
  const problems = entries.invalid.filter(({ path: shown, isFolder }) =>
    isFolder
      ? !scope.skipsFolder(shown) && !ignores.ignoresFolder(shown)
      : scope.hasFile(shown) && !ignores.ignoresFile(shown),
  );
  return {
    ...{ files, folders, problems: problems.map(notUtf8), ignoreText, hasOddIgnoreFile, ignores },
    ...{ holdsLinks, holdsOtherFolders },
  };
}

interface Entry {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

interface InvalidName {
  readonly path: string;
  readonly isFolder: boolean;
}

type Entries =
  | { readonly ok: true; readonly valid: readonly Entry[]; readonly invalid: readonly InvalidName[] }
  | { readonly ok: false; readonly gone: boolean; readonly message: string };

function readEntries(fs: FileSystem, folder: string, prefix: string): Entries {
  try {
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    if (!entries.some(({ name }) => name.includes(REPLACEMENT))) return { ok: true, valid: entries, invalid: [] };
    return { ok: true, ...splitByEncoding(fs, folder, prefix) };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return { ok: false, gone: isNotFound(error), message: messageOf(error) };
  }
}

/** A name may really contain U+FFFD; only the bytes tell. */
function splitByEncoding(fs: FileSystem, folder: string, prefix: string): { valid: Entry[]; invalid: InvalidName[] } {
  const valid: Entry[] = [];
  const invalid: InvalidName[] = [];
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
    const name = entry.name.toString('utf8');
    if (Buffer.from(name, 'utf8').equals(entry.name))
      valid.push({
        name,
        isDirectory: () => entry.isDirectory(),
        isFile: () => entry.isFile(),
        isSymbolicLink: () => entry.isSymbolicLink(),
      });
    else invalid.push({ path: prefix + name, isFolder: entry.isDirectory() });
  }
  return { valid, invalid };
}

function notUtf8({ path }: InvalidName): ScanProblem {
  return {
    path,
    reason: 'not-utf8-name',
    message: 'its name is not valid UTF-8; it is shown with U+FFFD for such bytes',
  };
}
