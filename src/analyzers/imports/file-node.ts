import type { GraphNode } from './components.js';
import type { ImportLanguage } from './scan-imports.js';

/** One file in the graph of imports. */
export interface FileNode extends GraphNode<FileNode> {
  readonly path: string;
  readonly language: ImportLanguage | undefined;
  /** Numbers of the looks that its imports were resolved by. */
  looks: readonly number[];
  targets: readonly FileNode[];
  isUnknown: boolean;
  /** Number of the dependency on its content; undefined while nobody is known to depend on it. */
  content: number | undefined;
}

/** In no tree, since a path may not hold it: stands for all files that every script depends on, and is itself none. */
export const AMBIENT = '\0ambient';

export function fileNode(path: string, language: ImportLanguage | undefined): FileNode {
  return { path, language, looks: [], targets: [], isUnknown: false, content: undefined, component: undefined };
}
