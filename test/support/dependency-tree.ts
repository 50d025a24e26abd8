/** The files of a toy codebase on disk, and what can happen to them. */
import fs from 'node:fs';
import path from 'node:path';
import { filesBelow } from './temporary.js';

/** Texts by path. */
export type TreeState = ReadonlyMap<string, string>;

export class ToyTree {
  readonly #root: string;
  readonly #folder: string;

  /** @param folder holds `root` and, beside it, what is shared. */
  constructor(root: string, folder: string) {
    this.#root = root;
    this.#folder = folder;
    fs.mkdirSync(path.join(folder, 'shared'));
  }

  #absolute(file: string): string {
    return path.join(this.#root, file);
  }

  /** One of the files that are there; the first is never missing for long. */
  existing(index: number): string {
    const files = filesBelow(this.#root);
    if (files.length === 0) this.write('p.a', '');
    return pick(files.length === 0 ? ['p.a'] : files, index);
  }

  remove(file: string): void {
    fs.rmSync(this.#absolute(file));
  }

  touch(file: string): void {
    fs.utimesSync(this.#absolute(file), new Date(), new Date());
  }

  write(file: string, text: string): void {
    const place = this.#absolute(file);
    if (fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() === true) return;
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, text);
  }

  editSameSize(file: string, mtimeBack: boolean): void {
    const place = this.#absolute(file);
    const { atime, mtime } = fs.statSync(place);
    const text = fs.readFileSync(place, 'utf8');
    const twins: Readonly<Record<string, string>> = {
      'export f': 'export g',
      'export g': 'export f',
      'body 1': 'body 2',
      'body 2': 'body 1',
    };
    fs.writeFileSync(
      place,
      text.replace(/export [fg]|body [12]/, (line) => twins[line] as string),
    );
    if (mtimeBack) fs.utimesSync(place, atime, mtime);
  }

  makeFolder(folder: string): void {
    if (!fs.existsSync(this.#absolute(folder))) fs.mkdirSync(this.#absolute(folder), { recursive: true });
  }

  removeFolder(folder: string): void {
    if (fs.statSync(this.#absolute(folder), { throwIfNoEntry: false })?.isDirectory() !== true) return;
    fs.rmSync(this.#absolute(folder), { recursive: true });
  }

  /** There, or back. */
  moveFolder(): void {
    for (const [from, to] of [
      ['d', 'n'],
      ['n', 'd'],
    ] as const) {
      if (!fs.existsSync(this.#absolute(from)) || fs.existsSync(this.#absolute(to))) continue;
      fs.renameSync(this.#absolute(from), this.#absolute(to));
      return;
    }
  }

  rename(from: string, to: string): void {
    if (from === to || fs.statSync(this.#absolute(to), { throwIfNoEntry: false })?.isDirectory() === true) return;
    fs.mkdirSync(path.dirname(this.#absolute(to)), { recursive: true });
    fs.renameSync(this.#absolute(from), this.#absolute(to));
  }

  swap(one: string, other: string): void {
    if (one === other) return;
    const aside = path.join(this.#folder, 'aside');
    fs.renameSync(this.#absolute(one), aside);
    fs.renameSync(this.#absolute(other), this.#absolute(one));
    fs.renameSync(aside, this.#absolute(other));
  }

  editShared(name: string, value: number): void {
    const place = path.join(this.#folder, 'shared', name);
    if (value === 0) fs.rmSync(place, { force: true });
    else fs.writeFileSync(place, `body ${value}`);
  }

  state(): TreeState {
    const files = filesBelow(this.#root);
    return new Map(files.map((file) => [file, fs.readFileSync(this.#absolute(file), 'utf8')]));
  }

  /** Back to how the files were; those that are the same are not written. */
  checkOut(wanted: TreeState): void {
    const now = this.state();
    for (const file of now.keys()) if (!wanted.has(file)) fs.rmSync(this.#absolute(file));
    for (const [file, text] of wanted) {
      if (now.get(file) === text) continue;
      this.removeFolder(file);
      this.write(file, text);
    }
  }
}

const pick = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;
