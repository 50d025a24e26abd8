import path from 'node:path';
import type { FileSystem } from '../util/fs.js';
import { relativePosix } from '../util/paths.js';
import { CacheError } from '../model/errors.js';
import { configError, START, type ConfigDocument } from './config-document.js';
import { readJsonConfig } from './read-json-config.js';
import { readSmallFile } from './read-small-file.js';
import { readYamlConfig } from './read-yaml-config.js';

/** Where a configuration is looked for, in the root only; the first one found counts, the others are not read. */
export const CONFIG_PLACES = [
  '.documee/config.yaml',
  'documee.config.yaml',
  'documee.config.yml',
  'documee.config.json',
  'package.json',
] as const;

/** Parsing YAML takes a time that grows with the square of hostile text: 64 KiB take less than a second. */
const MAX_YAML_BYTES = 64 * 1024;
const MAX_JSON_BYTES = 1024 * 1024;
const MEMBER_OF_PACKAGE_JSON = 'documee';

/**
 * The configuration file that counts, or undefined where there is none.
 * @param configFile absolute; it must exist, and it may lie anywhere.
 * @throws CacheError CACHE_BAD_CONFIG where it cannot be read or parsed.
 */
export async function findConfig(
  fs: FileSystem,
  root: string,
  configFile: string | undefined,
): Promise<ConfigDocument | undefined> {
  if (configFile !== undefined) return readGivenConfig(fs, root, configFile);
  for (const place of CONFIG_PLACES) {
    const document = await readConfig(fs, path.join(root, place), place, root);
    if (document !== undefined) return document;
  }
  return undefined;
}

async function readGivenConfig(fs: FileSystem, root: string, configFile: string): Promise<ConfigDocument> {
  const shown = relativePosix(root, configFile) ?? configFile;
  const document = await readConfig(fs, configFile, shown, undefined);
  if (document !== undefined) return document;
  const isPackage = isPackageJson(shown) && fs.statSync(configFile, { throwIfNoEntry: false }) !== undefined;
  const problem = isPackage ? `has no member "${MEMBER_OF_PACKAGE_JSON}"` : 'does not exist';
  throw new CacheError(
    'CACHE_BAD_CONFIG',
    `${shown}: this configuration file ${problem}. Give another with --config.`,
    {
      file: shown,
      problem,
    },
  );
}

async function readConfig(
  fs: FileSystem,
  file: string,
  shown: string,
  within: string | undefined,
): Promise<ConfigDocument | undefined> {
  const isJson = shown.endsWith('.json');
  const read = readSmallFile(fs, file, { maxBytes: isJson ? MAX_JSON_BYTES : MAX_YAML_BYTES, within });
  if (read === undefined) return undefined;
  const isPackage = isPackageJson(shown);
  if ('problem' in read) {
    // A package.json that cannot be read is somebody else's business: it need not have anything for us.
    if (isPackage && within !== undefined) return undefined;
    throw configError(
      shown,
      START,
      `${read.problem}. Put a file there that can be read, or give another with --config.`,
    );
  }
  if (!isJson) return readYamlConfig(read.text, shown);
  if (!isPackage) return readJsonConfig(read.text, shown);
  return read.text.includes(`"${MEMBER_OF_PACKAGE_JSON}"`)
    ? readJsonConfig(read.text, shown, MEMBER_OF_PACKAGE_JSON)
    : undefined;
}

const isPackageJson = (shown: string): boolean => path.posix.basename(shown.replaceAll('\\', '/')) === 'package.json';
