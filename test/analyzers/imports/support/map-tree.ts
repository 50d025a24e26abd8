import type { ContentHash } from '../../../../src/model/ids.js';
import type { ImportTree } from '../../../../src/analyzers/imports/import-graph.js';
import type { Probe } from '../../../../src/analyzers/imports/probe.js';
import { importLanguageOf, scanImports } from '../../../../src/analyzers/imports/scan-imports.js';
import { sha256Hex } from '../../../../src/util/hash.js';

/** Text by path; a path below `node_modules` is no source. */
export type Files = Readonly<Record<string, string>>;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const isSource = (path: string): boolean =>
  importLanguageOf(path) !== undefined && !/(^|\/)(node_modules|dist)\//.test(path);

function existsIn(files: Files, path: string): boolean {
  return path === '' || path === '.' || path in files || Object.keys(files).some((file) => file.startsWith(`${path}/`));
}

function namesIn(files: Files, folder: string): string[] {
  const start = folder === '' || folder === '.' ? '' : `${folder}/`;
  const inside = Object.keys(files).filter((file) => file.startsWith(start));
  return [...new Set(inside.map((file) => file.slice(start.length).split('/', 1)[0]!))].sort();
}

/** A probe over `files` that notes every path it was asked about, in order. */
export function probeOf(files: Files, extra: Partial<Probe> = {}): Probe & { readonly asked: string[] } {
  const asked: string[] = [];
  const note = (path: string): void => {
    if (!asked.includes(path)) asked.push(path);
  };
  return {
    asked,
    read: (path) => {
      note(path);
      const text = files[path];
      return text === undefined ? undefined : encode(text);
    },
    exists: (path) => {
      note(path);
      return existsIn(files, path);
    },
    isSource: (path) => {
      note(path);
      return path in files && isSource(path);
    },
    list: (folder) => (existsIn(files, folder) ? namesIn(files, folder) : undefined),
    ...extra,
  };
}

/** A tree over `files` that counts how often it is asked for the imports of each file. */
export function treeOf(files: Files, extra: Partial<ImportTree> = {}): ImportTree & { readonly asked: string[] } {
  const asked: string[] = [];
  const hash = (path: string): ContentHash => `sha256:${sha256Hex(files[path]!)}` as ContentHash;
  return {
    asked,
    hashOf: (path) => (path in files && isSource(path) ? hash(path) : undefined),
    importsOf: (path) => {
      asked.push(path);
      return Promise.resolve(path in files && isSource(path) ? scanImports(path, files[path]!) : undefined);
    },
    observe: (path) => {
      if (path in files) return { kind: 'file', bytes: encode(files[path]!), hash: hash(path) };
      return { kind: existsIn(files, path) ? 'other' : 'absent' };
    },
    exists: (path) => existsIn(files, path),
    list: (folder) => (existsIn(files, folder) ? { names: namesIn(files, folder), hash: 'sha256:0' } : undefined),
    ...extra,
  };
}
