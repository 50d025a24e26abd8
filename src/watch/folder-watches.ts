import type { Dirent } from 'node:fs';
import path from 'node:path';
import { systemCode } from '../model/errors.js';
import { TimeSlice } from '../util/clock.js';
import { isLimit, watchFolder, type NativeWatch } from './native-watch.js';
import type { TreeWatch, TreeWatchOptions } from './tree-watch.js';

/**
 * Above so many events between two rounds the kernel's queue may have been full (inotify(7): 16,384 by default) and have dropped the news
 * of new folders. Node does not tell; listing all folders again costs less than a scan.
 */
const MOST_EVENTS = 1000;

interface WatchedFolder {
  readonly watch: NativeWatch;
  readonly children: Set<string>;
}

/**
 * One watch for each folder; it tells of the files in it. A folder is watched first and listed then, and both happen before a scan:
 * whatever is written into it was seen by the scan or is told. A folder whose name was touched is watched anew with all below it,
 * since another one may have its name by now.
 */
export function openFolderWatches({ fs, root, paths, onHint, onLoss }: TreeWatchOptions): TreeWatch {
  const folders = new Map<string, WatchedFolder>();
  /** Names that came, went or were exchanged since the last refresh, by folder. */
  let touched = new Map<string, Set<string>>();
  let events = 0;
  let isWhole = false;

  const below = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

  function listen(folder: string, kind: 'rename' | 'change', name: string | undefined): void {
    events += 1;
    if (name === undefined || (folder === '' && name === path.basename(root) && kind === 'rename')) isWhole = false;
    else if (kind === 'rename') touched.set(folder, (touched.get(folder) ?? new Set()).add(name));
    const place = name === undefined ? undefined : below(folder, name);
    if (place === undefined || paths.matters(place)) onHint(place);
  }

  /** @throws an error for which `isLimit` holds. */
  async function add(start: string): Promise<void> {
    const open = [start];
    const slice = new TimeSlice();
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      for (const child of watchOne(folder)) open.push(child);
      if (slice.due()) await slice.yieldTurn();
    }
  }

  function watchOne(folder: string): string[] {
    if (folders.has(folder) || !paths.hasFolder(folder)) return [];
    const absolute = path.join(root, folder);
    try {
      const watch = watchFolder(
        absolute,
        {},
        (kind, name) => listen(folder, kind, name),
        () => {
          isWhole = false;
          onLoss();
        },
      );
      const watched: WatchedFolder = { watch, children: new Set() };
      folders.set(folder, watched);
      const names = fs
        .readdirSync(absolute, { withFileTypes: true })
        .filter(isFolder)
        .map(({ name }) => name);
      for (const name of names) if (paths.hasFolder(below(folder, name))) watched.children.add(name);
      return [...watched.children].map((name) => below(folder, name));
    } catch (error) {
      // One that is gone or cannot be read: the scan says so where it matters.
      if (isLimit(error) || systemCode(error) === undefined) throw error;
      return [];
    }
  }

  function drop(folder: string): void {
    const watched = folders.get(folder);
    if (watched === undefined) return;
    folders.delete(folder);
    watched.watch.close();
    for (const name of watched.children) drop(below(folder, name));
  }

  async function watchAll(): Promise<void> {
    isWhole = true;
    drop('');
    await add('');
  }

  async function watchTouched(names: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
    for (const [folder, touchedNames] of names) {
      const parent = folders.get(folder);
      if (parent === undefined) continue;
      for (const name of touchedNames) {
        const child = below(folder, name);
        if (parent.children.delete(name)) drop(child);
        if (!paths.hasFolder(child) || !isFolderAt(child)) continue;
        parent.children.add(name);
        await add(child);
      }
    }
  }

  function isFolderAt(folder: string): boolean {
    try {
      return fs.lstatSync(path.join(root, folder)).isDirectory();
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return false;
    }
  }

  const close = (): void => {
    drop('');
    isWhole = false;
  };
  return {
    async refresh() {
      const names = touched;
      const mayBeIncomplete = events > MOST_EVENTS;
      touched = new Map();
      events = 0;
      try {
        if (isWhole && !mayBeIncomplete) await watchTouched(names);
        else await watchAll();
        return undefined;
      } catch (error) {
        if (!isLimit(error)) throw error;
        close();
        return error;
      }
    },
    distrust() {
      isWhole = false;
    },
    close,
  };
}

const isFolder = (entry: Dirent): boolean => entry.isDirectory();
