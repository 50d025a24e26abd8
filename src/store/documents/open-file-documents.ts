import type { FileSystem } from '../../util/fs.js';
import { relativePosix } from '../../util/paths.js';
import { FileDocuments } from './file-documents.js';

/**
 * Files below `basePath` (absolute). Inside a codebase every folder from `root` down to it is checked: whoever wrote the sources could have
 * planted it. A base path elsewhere is its owner's choice, and only what is below it is checked.
 */
export function openFileDocuments(fs: FileSystem, basePath: string, root: string | undefined): FileDocuments {
  const inside = root !== undefined && relativePosix(root, basePath) !== undefined;
  return new FileDocuments({ fs, basePath, trustedAbove: inside ? root : basePath });
}
