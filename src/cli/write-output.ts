import path from 'node:path';
import { messageOf, realFs, systemCode, writeReplacing } from '../index.js';
import { UsageError } from './usage-error.js';

/** Where a document goes. */
export interface OutputFile {
  /** The file has the old content or the new one, never a part. */
  write(text: string): void;
}

/** Checked before the run, so that minutes of work do not end in a typing error. @throws UsageError */
export function openOutput(file: string, cwd: string): OutputFile {
  const named = path.resolve(cwd, file);
  const present = realFs.statSync(named, { throwIfNoEntry: false });
  if (present?.isDirectory() === true) throw cannotWrite(file, 'it is a folder', 'Give the name of a file.');
  // A device or a pipe is written to: it must not be replaced by a file.
  const isSpecial = present !== undefined && !present.isFile();
  const target = isSpecial ? named : followLinks(named);
  if (realFs.statSync(path.dirname(target), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw cannotWrite(file, 'its folder does not exist', 'Make the folder, or choose another file.');
  }
  return {
    write(text) {
      try {
        if (isSpecial) writeInto(target, text);
        else writeReplacing(realFs, target, Buffer.from(text));
      } catch (error) {
        throw cannotWrite(file, messageOf(error), 'Choose another file.');
      }
    },
  };
}

/** The file that `file` stands for; itself where there is none yet. */
function followLinks(file: string): string {
  try {
    return realFs.realpathSync(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return file;
    throw cannotWrite(file, messageOf(error), 'Choose another file.');
  }
}

function writeInto(target: string, text: string): void {
  const descriptor = realFs.openSync(target, 'w');
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += realFs.writeSync(descriptor, bytes, at);
  } finally {
    realFs.closeSync(descriptor);
  }
}

function cannotWrite(file: string, problem: string, advice: string): UsageError {
  return new UsageError(`--output ${file} cannot be written: ${problem}`, { advice });
}
