/** All that the rest of the house knows of the disk. */
export {
  FOLDER_MODE,
  FOLLOWING_READ,
  MUTATING_CALLS,
  NO_FOLLOW_READ,
  isNotFound,
  realFs,
  type FileSystem,
} from './fs/port.js';
export { listIfPresent, readIfPresent, readSmallIfPresent, readToEnd } from './fs/read.js';
export { appendLine, fileSystemTimeNs, overwriteInPlace } from './fs/write-in-place.js';
export {
  TEMPORARY_NAME,
  removeQuietly,
  renameOver,
  syncFolder,
  temporaryBeside,
  writeNew,
  writeNewWhole,
  writeReplacing,
} from './fs/write-whole.js';
