/** What an answer may depend on that its analyzer does not say. Nobody can know, so all of this is "perhaps". */
import path from 'node:path';
import type { Dependency } from '../model/dependency.js';
import type { SourcePath } from '../model/ids.js';
import type { StoredRecord } from '../persistence/codebase-cache.js';
import { readCode } from '../run/code-digest.js';
import type { FileSystem } from '../util/fs.js';
import { byCodeUnit, relativePosix } from '../util/paths.js';
import { changedPlaces, isConfiguration, quietly, type ChangedPlace } from './changed-places.js';
import type { Session, SessionAnalyzer } from './session.js';

export type LikelyInput =
  /** It changed after the answer was made. Relative to the root. */
  | { readonly kind: 'file'; readonly path: string; readonly changedAt: string }
  /** Names came to a folder, or went, after the answer was made. */
  | { readonly kind: 'folder'; readonly path: string; readonly changedAt: string }
  /** Something in an installed package that the analyzer imports changed; only its package.json is part of the code digest. */
  | { readonly kind: 'package'; readonly name: string; readonly changedAt: string }
  /** The analyzer says that its answers hold for any path, and this one was made for another. */
  | { readonly kind: 'path'; readonly madeFor: SourcePath }
  /** The analyzer was given as an object, so that nobody can tell whether its code is still the same. */
  | { readonly kind: 'code' }
  /** It may have used more of that result than its surface, which is all that is compared. */
  | { readonly kind: 'result'; readonly analyzer: string; readonly path: SourcePath };

const MOST_PLACES = 5;
const MOST_PACKAGES = 3;
/** File systems round times, and the kernel's clock is up to 10 ms late. */
const CLOCK_MARGIN_MS = 20;

/** An answer that turned out otherwise. */
export interface ChangedAnswer {
  readonly analyzer: SessionAnalyzer;
  readonly path: SourcePath;
  readonly record: StoredRecord;
}

/** When the analysis began, in ms since the Unix epoch: what changed from then on may explain a difference. */
const madeAtMs = ({ analyzedAt, durationMs }: StoredRecord): number =>
  Date.parse(analyzedAt) - durationMs - CLOCK_MARGIN_MS;

/** The likely inputs of each of `answers`, the likeliest first. */
export async function likelyInputs(session: Session, answers: readonly ChangedAnswer[]): Promise<LikelyInput[][]> {
  if (answers.length === 0) return [];
  const { fs, cacheFolders, settings } = session;
  const sinceMs = Math.min(...answers.map(({ record }) => madeAtMs(record)));
  const places = await changedPlaces({ fs, root: settings.root, cacheFolders, sinceMs });
  const code = new Map<string, CodePlaces>();
  const codeOf = ({ analyzer: { module, plan } }: ChangedAnswer): CodePlaces => {
    // Its code may be anywhere, or may not be told by its module.
    if (module === undefined || plan.identity.codeDigest === null) return NO_CODE;
    let found = code.get(module.module);
    if (found === undefined) code.set(module.module, (found = codePlaces(fs, settings.root, module.module)));
    return found;
  };
  return answers.map((answer) => {
    const { beside, packages } = codeOf(answer);
    return [
      ...otherPath(answer),
      ...beyondSurface(session, answer),
      ...likelyPlaces([...places, ...beside], answer),
      ...changedCode(packages, answer),
    ];
  });
}

function otherPath({ analyzer, path: file, record }: ChangedAnswer): LikelyInput[] {
  return analyzer.plan.identity.pathIndependent && record.path !== file ? [{ kind: 'path', madeFor: record.path }] : [];
}

function beyondSurface({ analyzers }: Session, { record }: ChangedAnswer): LikelyInput[] {
  const withSurface = new Set(analyzers.filter(({ analyzer }) => analyzer.surface !== undefined).map(idOf));
  return record.dependencies
    .filter((one) => one.kind === 'result' && withSurface.has(one.analyzer))
    .slice(0, MOST_PLACES)
    .map((one) => {
      const { analyzer, path: file } = one as Extract<Dependency, { kind: 'result' }>;
      return { kind: 'result', analyzer, path: file as SourcePath };
    });
}

const idOf = ({ plan }: SessionAnalyzer): string => plan.id;

/** Configuration first, then what is near, then what is newest. */
export function likelyPlaces(
  places: readonly ChangedPlace[],
  { path: file, record }: Pick<ChangedAnswer, 'path' | 'record'>,
): LikelyInput[] {
  const known = new Set([file, ...record.dependencies.flatMap((one) => (one.kind === 'env' ? [] : [one.path]))]);
  const sinceMs = madeAtMs(record);
  const changed = unique(places).filter((place) => place.changedAtMs >= sinceMs && !known.has(place.path));
  const files = changed.filter(({ kind }) => kind === 'file');
  // The file tells more than its folder does; only one that went is told by nothing else.
  const told = new Set([file, ...files.map((place) => place.path)].map((name) => path.posix.dirname(name)));
  const folders = changed.filter((place) => place.kind === 'folder' && !told.has(place.path));
  const rankOf = (place: ChangedPlace): [number, number] => [
    place.kind === 'folder' ? 2 : isConfiguration(path.posix.basename(place.path)) ? 0 : 1,
    distance(path.posix.dirname(file), place.kind === 'folder' ? place.path : path.posix.dirname(place.path)),
  ];
  return [...files, ...folders]
    .map((place) => ({ place, rank: rankOf(place) }))
    .sort(
      (a, b) =>
        a.rank[0] - b.rank[0] ||
        a.rank[1] - b.rank[1] ||
        b.place.changedAtMs - a.place.changedAtMs ||
        byCodeUnit(a.place.path, b.place.path),
    )
    .slice(0, MOST_PLACES)
    .map(({ place }) => ({ kind: place.kind, path: place.path, changedAt: isoOf(place.changedAtMs) }));
}

const unique = (places: readonly ChangedPlace[]): ChangedPlace[] => [
  ...new Map(places.map((place) => [`${place.kind} ${place.path}`, place])).values(),
];

/** Steps from one folder to another; each `..` is one. */
function distance(from: string, to: string): number {
  const [a, b] = [from, to].map((folder) => folder.split('/').filter((name) => name !== '.')) as [string[], string[]];
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return a.length + b.length - 2 * shared;
}

interface ChangedPackage {
  readonly name: string;
  readonly changedAtMs: number;
}

/** What an analyzer may read, or run, besides what its code digest covers. */
interface CodePlaces {
  /** Files beside its module, where that lies outside of the root. */
  readonly beside: readonly ChangedPlace[];
  /** Installed packages that it imports, the one that changed last first. */
  readonly packages: readonly ChangedPackage[];
}

const NO_CODE: CodePlaces = { beside: [], packages: [] };

function changedCode(packages: readonly ChangedPackage[], { analyzer, record }: ChangedAnswer): LikelyInput[] {
  if (analyzer.plan.identity.codeDigest === null) return [{ kind: 'code' }];
  return packages
    .filter(({ changedAtMs }) => changedAtMs >= madeAtMs(record))
    .slice(0, MOST_PACKAGES)
    .map(({ name, changedAtMs }) => ({ kind: 'package', name, changedAt: isoOf(changedAtMs) }));
}

const INSTALLED_MANIFEST = /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]package\.json$/;

function codePlaces(fs: FileSystem, root: string, module: string): CodePlaces {
  const { files } = readCode(fs, module);
  const packages: ChangedPackage[] = [];
  for (const manifest of files.keys()) {
    const [, name] = INSTALLED_MANIFEST.exec(manifest) ?? [];
    if (name === undefined) continue;
    packages.push({ name: name.replace('\\', '/'), changedAtMs: newestBelow(fs, path.dirname(manifest)) });
  }
  packages.sort((a, b) => b.changedAtMs - a.changedAtMs || byCodeUnit(a.name, b.name));
  return { beside: filesBeside(fs, root, module, files), packages };
}

function filesBeside(
  fs: FileSystem,
  root: string,
  module: string,
  digested: ReadonlyMap<string, string>,
): ChangedPlace[] {
  const folder = path.dirname(module);
  if (relativePosix(root, folder) !== undefined) return [];
  const found: ChangedPlace[] = [];
  for (const name of quietly(() => fs.readdirSync(folder)) ?? []) {
    const file = path.join(folder, name);
    const stat = digested.has(file) ? undefined : quietly(() => fs.statSync(file, { throwIfNoEntry: false }));
    if (stat?.isFile() !== true) continue;
    const shown = path.relative(root, file).split(path.sep).join('/');
    found.push({ kind: 'file', path: shown, changedAtMs: Math.max(stat.mtimeMs, stat.ctimeMs) });
  }
  return found;
}

/** Larger packages are looked at in part. */
const MOST_FILES_OF_PACKAGE = 1000;

/** When a file of a package last changed, in ms since the Unix epoch. */
function newestBelow(fs: FileSystem, folder: string): number {
  let newest = 0;
  let looked = 0;
  const folders = [folder];
  for (const next of folders) {
    for (const entry of quietly(() => fs.readdirSync(next, { withFileTypes: true })) ?? []) {
      if (++looked > MOST_FILES_OF_PACKAGE) return newest;
      const place = path.join(next, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') folders.push(place);
      if (entry.isFile())
        newest = Math.max(newest, quietly(() => fs.lstatSync(place, { throwIfNoEntry: false }))?.mtimeMs ?? 0);
    }
  }
  return newest;
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
