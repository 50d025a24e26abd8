import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Names the folder of a whole run, which the reporter makes and removes, with what processes that were killed left in it. */
export const FOLDER_VARIABLE = 'DOCUMEE_TEST_FOLDER';

const made: string[] = [];

/** A new empty folder, removed when the process or the run ends. */
export function temporaryFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(folderOfRun() ?? os.tmpdir(), 'documee-test-')));
  if (folderOfRun() === undefined) made.push(folder);
  return folder;
}

const folderOfRun = (): string | undefined => process.env[FOLDER_VARIABLE];

/** Removes a folder of `temporaryFolder` before the process ends: long loops make thousands. */
export function dropFolder(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
}

process.once('exit', () => {
  for (const folder of made) fs.rmSync(folder, { recursive: true, force: true });
});

/** File contents by path. */
export type Tree = Readonly<Record<string, string | Uint8Array>>;

/** Writes `files` below `root`. */
export function writeTree(root: string, files: Tree): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
}

/** A folder for a codebase and one for its cache, beside each other. */
export function temporaryCodebase(files: Tree = {}): { root: string; basePath: string; folder: string } {
  const folder = temporaryFolder();
  const root = path.join(folder, 'tree');
  fs.mkdirSync(root);
  writeTree(root, files);
  return { root, basePath: path.join(folder, 'cache'), folder };
}

/** Every file below `folder`, as paths relative to it, sorted. Links are listed, not followed. */
export function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
