import { looseJson, objectOf, stringsOf } from './loose-json.js';
import { joined, type Probe } from './probe.js';
import type { PackageScope } from './script-packages.js';

const decoder = new TextDecoder();
/** Folders between a `**` and a package that are looked through. */
const MAX_LEVELS = 3;

/** The package `name` among the workspaces that the root declares, for trees whose packages are not installed. */
export function findWorkspace(name: string, probe: Probe): PackageScope | undefined {
  const patterns = workspacePatterns(probe);
  const lastPart = name.slice(name.lastIndexOf('/') + 1);
  // Most packages are in a folder of their name, and one look finds them.
  for (const pattern of patterns) {
    const guess = packageIn(pattern.replace(/\*\*?$/, lastPart), name, probe);
    if (guess !== undefined) return guess;
  }
  for (const pattern of patterns)
    for (const folder of foldersOf(pattern, probe)) {
      const found = packageIn(folder, name, probe);
      if (found !== undefined) return found;
    }
  return undefined;
}

function packageIn(folder: string, name: string, probe: Probe): PackageScope | undefined {
  const bytes = folder.includes('*') ? undefined : probe.read(joined(folder, 'package.json'));
  const manifest = bytes === undefined ? undefined : looseJson(bytes);
  return manifest?.['name'] === name ? { folder: joined('', folder), manifest } : undefined;
}

function workspacePatterns(probe: Probe): string[] {
  const manifest = probe.read('package.json');
  const declared = manifest === undefined ? undefined : looseJson(manifest)['workspaces'];
  const pnpm = probe.read('pnpm-workspace.yaml');
  const patterns = [
    ...stringsOf(declared),
    ...stringsOf(objectOf(declared)['packages']),
    ...(pnpm === undefined ? [] : pnpmPackages(decoder.decode(pnpm))),
  ];
  return patterns.filter((pattern) => !pattern.startsWith('!')).map((pattern) => joined('', pattern));
}

/** The list `packages` of a pnpm-workspace.yaml, as it is always written: one item a line. */
function pnpmPackages(text: string): string[] {
  const list = /^packages:[^\n]*\n((?:[ \t]*(?:-[^\n]*|#[^\n]*)?(?:\n|$))*)/m.exec(text)?.[1] ?? '';
  return Array.from(
    list.matchAll(/^[ \t]*-[ \t]*(['"]?)([^'"#\n]+?)\1[ \t]*(?:#[^\n]*)?$/gm),
    ([, , item]) => item as string,
  );
}

/** Folders that fit `pattern`, whose stars stand for whole names. */
function foldersOf(pattern: string, probe: Probe): string[] {
  let folders = [''];
  for (const part of pattern.split('/')) {
    if (part === '**') folders = folders.flatMap((folder) => descendants(folder, MAX_LEVELS, probe));
    else if (part.includes('*')) {
      const [start = '', end = ''] = part.split('*');
      folders = folders
        .flatMap((folder) => childrenOf(folder, probe))
        .filter((folder) => {
          const name = folder.slice(folder.lastIndexOf('/') + 1);
          return name.startsWith(start) && name.endsWith(end);
        });
    } else folders = folders.map((folder) => joined(folder, part));
  }
  return folders;
}

function descendants(folder: string, levels: number, probe: Probe): string[] {
  if (levels === 0) return [folder];
  return [folder, ...childrenOf(folder, probe).flatMap((child) => descendants(child, levels - 1, probe))];
}

function childrenOf(folder: string, probe: Probe): string[] {
  const names = probe.list?.(folder) ?? [];
  return names.filter((name) => name !== 'node_modules' && !name.includes('.')).map((name) => joined(folder, name));
}
