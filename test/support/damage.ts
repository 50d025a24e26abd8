/** Ways to spoil a file of the cache. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const DAMAGES = ['cut', 'empty', 'flip', 'delete', 'folder', 'link', 'fifo', 'junk', 'zeros'] as const;
export type Damage = (typeof DAMAGES)[number];

/** @param where which byte or bit, taken modulo the file's length. */
export function damage(file: string, kind: Damage, where: number): void {
  if (kind === 'delete') {
    remove(file);
    return;
  }
  if (kind === 'folder') {
    replaceBy(file, () => fs.mkdirSync(path.join(file, 'inside'), { recursive: true }));
    return;
  }
  if (kind === 'link') {
    replaceBy(file, () => fs.symlinkSync('/etc/hostname', file));
    return;
  }
  if (kind === 'fifo') {
    replaceBy(file, () => makeFifo(file));
    return;
  }
  // What was replaced before may block whoever reads it.
  if (!fs.lstatSync(file).isFile()) {
    remove(file);
    return;
  }
  const bytes = fs.readFileSync(file);
  fs.writeFileSync(file, damagedBytes(bytes, kind, where));
}

export function damagedBytes(bytes: Buffer, kind: 'cut' | 'empty' | 'flip' | 'junk' | 'zeros', where: number): Buffer {
  if (kind === 'empty') return Buffer.alloc(0);
  if (kind === 'junk') return Buffer.concat([bytes, Buffer.from(where % 2 === 0 ? '\n' : 'junk')]);
  if (kind === 'cut') return bytes.subarray(0, bytes.length === 0 ? 0 : where % bytes.length);
  const changed = Buffer.from(bytes);
  if (kind === 'zeros') changed.fill(0, bytes.length === 0 ? 0 : where % bytes.length);
  else if (bytes.length > 0) {
    const bit = where % (bytes.length * 8);
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
  }
  return changed;
}

function remove(file: string): void {
  fs.rmSync(file, { recursive: true, force: true });
}

function replaceBy(file: string, make: () => void): void {
  remove(file);
  make();
}

/** A FIFO where the system has them; else a folder, which is no file either. */
function makeFifo(file: string): void {
  const made = spawnSync('mkfifo', [file]);
  if (made.status !== 0) fs.mkdirSync(file);
}
