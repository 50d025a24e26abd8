import type { ImportsResult } from './result.js';
import { scanPython } from './scan-python.js';
import { scanScript } from './scan-script.js';

export type ImportLanguage = 'script' | 'python';

const SCRIPT = /\.[mc]?[jt]s$|\.[jt]sx$/i;
const PYTHON = /\.pyi?$/i;

/** By the ending of `path`; undefined where its imports are not known to us. */
export function importLanguageOf(path: string): ImportLanguage | undefined {
  return SCRIPT.test(path) ? 'script' : PYTHON.test(path) ? 'python' : undefined;
}

/** What `text`, as the source of `path`, imports. */
export function scanImports(path: string, text: string): ImportsResult {
  if (PYTHON.test(path)) return scanPython(text);
  const isJavaScript = /\.(?:[mc]?js|jsx)$/i.test(path);
  return scanScript(text, { isJavaScript, jsx: isJavaScript || /\.tsx$/i.test(path) });
}
