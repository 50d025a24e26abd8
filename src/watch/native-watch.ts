/** The watch of the operating system, and the one place that imports it: events do not go through the port of the disk. */
import { watch } from 'node:fs';
import { systemCode } from '../model/errors.js';

export interface NativeWatch {
  close(): void;
}

export type NativeListener = (kind: 'rename' | 'change', name: string | undefined) => void;

/** @param kind `rename`: a name came, went, or stands for something else now. @param onError the watch has ended. @throws what the system says. */
export function watchFolder(
  folder: string,
  { recursive = false }: { readonly recursive?: boolean },
  onEvent: NativeListener,
  onError: (error: Error) => void,
): NativeWatch {
  // Not what keeps the process alive: whoever waits for events does.
  const watcher = watch(folder, { persistent: false, recursive }, (kind, name) => onEvent(kind, name ?? undefined));
  watcher.on('error', onError);
  return watcher;
}

/** The system has no more watches to give. Source: inotify(7), ENOSPC and EMFILE; ENFILE is the same for all processes together. */
export const isLimit = (error: unknown): error is Error =>
  ['ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM'].includes(systemCode(error) ?? '');
