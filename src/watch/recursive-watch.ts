import { isNotFound } from '../util/fs.js';
import { messageOf } from '../model/errors.js';
import { watchFolder, type NativeWatch } from './native-watch.js';
import type { TreeWatch, TreeWatchOptions } from './tree-watch.js';

/** One watch for the whole tree, where the operating system has such. */
export function openRecursiveWatch({ root, paths, onHint, onLoss }: TreeWatchOptions): TreeWatch {
  let native: NativeWatch | undefined;
  const close = (): void => {
    native?.close();
    native = undefined;
  };
  const listen = (name: string | undefined): void => {
    const path = name?.replaceAll('\\', '/');
    if (path === undefined || paths.matters(path)) onHint(path);
  };
  return {
    refresh() {
      if (native !== undefined) return Promise.resolve(undefined);
      try {
        native = watchFolder(
          root,
          { recursive: true },
          (_, name) => listen(name),
          () => {
            close();
            onLoss();
          },
        );
      } catch (error) {
        if (isNotFound(error)) return Promise.resolve(undefined);
        return Promise.resolve(error instanceof Error ? error : new Error(messageOf(error)));
      }
      return Promise.resolve(undefined);
    },
    distrust: close,
    close,
  };
}
