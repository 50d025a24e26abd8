import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { scan, type ScanOptions, type ScanResult } from '../../../src/scan/scan.js';
import { fileSystemTimeNs, realFs, type FileSystem } from '../../../src/util/fs.js';
import { contentHasher } from '../../../src/util/hash.js';

/** A folder on the real disk that is removed after the test. */
export class Tree {
  readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'documee-scan-')));

  at(...names: string[]): string {
    return path.join(this.root, ...names);
  }

  write(file: string, text: string): void {
    fs.mkdirSync(path.dirname(this.at(file)), { recursive: true });
    fs.writeFileSync(this.at(file), text);
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

/** A stamp as a run would take it an hour from now: everything that is there is old by then. */
export function laterStamp(root: string): { timeNs: bigint; device: bigint } {
  return { timeNs: BigInt(Date.now() + 3_600_000) * 1_000_000n, device: fs.statSync(root, { bigint: true }).dev };
}

export async function scanTree(root: string, options: Partial<ScanOptions> = {}): Promise<ScanResult> {
  return scan({
    ...{ fs: realFs, root, include: [], exclude: [], analyzerIncludes: [], gitignore: true, skipFolders: [] },
    ...{ changeDetection: 'stat', hasher: await contentHasher('xxh64'), maxFileBytes: 1024 * 1024 },
    ...{ cache: undefined, stamp: laterStamp(root) },
    ...options,
  });
}

/** Path and hash of each file, in the order of the table. */
export function filesOf({ files }: ScanResult): [string, string][] {
  return files.paths.map((file, index) => [file, files.contentHash(index)]);
}

export function problemsOf({ problems }: ScanResult): string[] {
  return problems.map(({ path: file, reason }) => `${reason} ${file}`);
}

/** A scan with the cache of an earlier one, and the cache after it. What is edited next has another time. */
export async function scanAgain(
  root: string,
  cache: Uint8Array | undefined,
  options: Partial<ScanOptions> = {},
): Promise<{ result: ScanResult; cache: Uint8Array | undefined }> {
  const result = await scanTree(root, { cache, ...options });
  waitForNextTick();
  return { result, cache: result.encodeCache('tag') ?? cache };
}

/** `laterStamp` calls young files old, which holds only if no edit falls into the clock tick of the scan. */
function waitForNextTick(): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'documee-tick-'));
  const stamp = path.join(folder, 'stamp');
  const { timeNs } = fileSystemTimeNs(realFs, stamp);
  while (fileSystemTimeNs(realFs, stamp).timeNs <= timeNs);
  fs.rmSync(folder, { recursive: true });
}

/** The real disk with some calls replaced. */
export function fsWith(calls: Partial<FileSystem>): FileSystem {
  return { ...realFs, ...calls };
}

/** The real disk, counting calls by name. */
export function countingFs(): { fs: FileSystem; calls: Map<string, number> } {
  const calls = new Map<string, number>();
  const counted = Object.entries(realFs).map(([name, call]) => [
    name,
    (...parameters: unknown[]): unknown => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      return (call as (...all: unknown[]) => unknown)(...parameters);
    },
  ]);
  return { fs: Object.fromEntries(counted) as FileSystem, calls };
}
