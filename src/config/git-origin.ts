import path from 'node:path';
import type { FileSystem } from '../util/fs.js';
import { readSmallFile } from './read-small-file.js';

const MAX_GIT_FILE_BYTES = 1024 * 1024;

/**
 * Name of the repository that `origin` of the git repository at `root` points to, without `.git`; undefined where there is none.
 * Reads git's own files: a work tree or submodule has a file `.git` that names its folder, and `commondir` there names the shared one.
 * Includes and `insteadOf` are not followed. Source: git documentation, gitrepository-layout and git-config.
 */
export function gitOriginName(fs: FileSystem, root: string): string | undefined {
  const config = readGitFile(fs, path.join(gitFolder(fs, root), 'config'));
  const url = config === undefined ? undefined : originUrl(config);
  return url === undefined ? undefined : repositoryName(url);
}

function gitFolder(fs: FileSystem, root: string): string {
  const dotGit = path.join(root, '.git');
  const target = /^gitdir:[ \t]*(.+?)\s*$/m.exec(readGitFile(fs, dotGit) ?? '')?.[1];
  const folder = target === undefined ? dotGit : path.resolve(root, target);
  const common = readGitFile(fs, path.join(folder, 'commondir'))?.trim();
  return common === undefined || common === '' ? folder : path.resolve(folder, common);
}

function readGitFile(fs: FileSystem, file: string): string | undefined {
  const read = readSmallFile(fs, file, { maxBytes: MAX_GIT_FILE_BYTES });
  return read !== undefined && 'text' in read ? read.text : undefined;
}

const SECTION = /^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\](.*)$/;
const URL_LINE = /^\s*url\s*=\s*(.*?)\s*$/i;

/** The last `url` of `[remote "origin"]`. */
function originUrl(config: string): string | undefined {
  let inOrigin = false;
  let url: string | undefined;
  for (const line of config.split(/\r?\n/)) {
    const [, section, name, rest] = SECTION.exec(line) ?? [];
    if (section !== undefined) inOrigin = section.toLowerCase() === 'remote' && name === 'origin';
    const value = inOrigin ? URL_LINE.exec(section === undefined ? line : (rest ?? ''))?.[1] : undefined;
    if (value !== undefined) url = value.replace(/^"(.*)"$/, '$1');
  }
  return url;
}

/** Last part of the path of a URL, `host:path` or plain path. Never of the host: that part may hold a token. */
function repositoryName(url: string): string | undefined {
  const [, afterHost = url] = /^[a-z][a-z0-9+.-]*:\/\/[^/]*(.*)$/i.exec(url) ?? /^[^/\\:]{2,}:(.*)$/.exec(url) ?? [];
  const parts = afterHost
    .replace(/[?#].*$/, '')
    .split(/[/\\]+/)
    .filter((part) => part !== '');
  const last = parts.at(-1) === '.git' ? parts.at(-2) : parts.at(-1);
  const name = last?.replace(/\.git$/, '');
  return name === undefined || name === '' || name === '.' || name === '..' ? undefined : name;
}
