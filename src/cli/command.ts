import type { Console } from './console.js';
import type { Options } from './options.js';

/** Where output goes; a subset of what streams of the process are. */
export interface OutputStream {
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Everything outside that a command may touch, besides the disk. */
export interface Surroundings {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  readonly signal?: AbortSignal;
}

/** What was asked for, and with what to answer. */
export interface Invocation extends Surroundings {
  readonly arguments: readonly string[];
  readonly options: Options;
  readonly console: Console;
}

/** Does what its name says and answers the exit code. */
export type Command = (invocation: Invocation) => Promise<number>;
