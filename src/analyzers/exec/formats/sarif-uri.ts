/**
 * Which file a SARIF location means, and absolute URIs that survive a move of the project: what lies below the root begins with a
 * mark instead of the root's own URI.
 */
import type { SourcePath } from '../../../model/ids.js';
import type { JsonValue } from '../../../model/json.js';
import { decoded, type FileNames } from './file-names.js';
import { isObject, member, objectOr, textOr, type JsonObject } from './json-shape.js';

/** In front of a URI relative to the root, as it was encoded. */
const ROOT_URI = 'documee-root:';
/** In front of a path relative to the root: some tools write `/home/…` where a URI belongs. */
const ROOT_PATH = 'documee-root-path:';

export function toPortable(uri: string, names: FileNames): string {
  const rootUri = names.rootUrl();
  if (uri.startsWith(rootUri)) return ROOT_URI + uri.slice(rootUri.length);
  const isFileUri = /^file:/i.test(uri);
  if (!isFileUri && !isAbsolutePath(uri)) return uri;
  const below = names.belowRoot(uri)[0];
  if (below === undefined) return uri;
  return isFileUri ? ROOT_URI + below.split('/').map(encodeURIComponent).join('/') : ROOT_PATH + below;
}

export function fromPortable(uri: string, names: FileNames): string {
  if (uri.startsWith(ROOT_URI)) return names.rootUrl() + uri.slice(ROOT_URI.length);
  return uri.startsWith(ROOT_PATH) ? names.write(uri.slice(ROOT_PATH.length), 'absolute') : uri;
}

/** A copy of `location` with another URI, if it has one. */
export function withUri(location: JsonObject, change: (uri: string) => string): JsonObject {
  const uri = location['uri'];
  return typeof uri === 'string' ? { ...location, uri: change(uri) } : location;
}

/** `originalUriBaseIds` with other URIs. */
export function withBaseUris(bases: JsonValue, change: (uri: string) => string): JsonValue {
  const entries = Object.entries(objectOr(bases));
  return Object.fromEntries(entries.map(([id, base]) => [id, isObject(base) ? withUri(base, change) : base]));
}

/** The file asked about that `location` means, or undefined. */
export function fileAt(
  location: JsonObject,
  bases: JsonObject,
  names: FileNames,
  root: string,
): SourcePath | undefined {
  const uri = textOr(location['uri'], '');
  if (uri === '') return undefined;
  const base = baseOf(textOr(location['uriBaseId'], ''), bases);
  if (base !== undefined && !/^file:/i.test(uri) && !isAbsolutePath(uri)) {
    const absolute = /^file:/i.test(base) ? base + uri : decoded(base + uri);
    const named = isAbsolutePath(absolute) || /^file:/i.test(absolute) ? names.read(absolute) : undefined;
    if (named !== undefined) return named.path;
    return readEither(base + uri, names, root);
  }
  return readEither(uri, names, root);
}

/** Tools differ in what a relative URI is relative to, and in whether they encode it. */
function readEither(uri: string, names: FileNames, root: string): SourcePath | undefined {
  const plain = decoded(uri);
  const found = names.read(plain) ?? names.read(uri) ?? names.read(plain, root) ?? names.read(uri, root);
  return found?.path;
}

/** The URI that a base stands for, with a slash at its end; undefined where the report does not say. */
function baseOf(id: string, bases: JsonObject, depth = 0): string | undefined {
  const base = member(bases, id);
  // A base may refer to another; a circle of them is nowhere.
  if (!isObject(base) || depth > 10) return undefined;
  const uri = textOr(base['uri'], '');
  const outer = typeof base['uriBaseId'] === 'string' ? baseOf(base['uriBaseId'], bases, depth + 1) : '';
  const whole = (outer ?? '') + uri;
  return whole === '' ? undefined : whole.endsWith('/') ? whole : `${whole}/`;
}

const isAbsolutePath = (text: string): boolean => text.startsWith('/') || /^[A-Za-z]:[\\/]/.test(text);
