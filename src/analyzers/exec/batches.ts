/** How files are cut into calls of a tool, so that no call has more arguments than the system takes. */

/** What one call can take, in bytes of arguments and environment together. */
interface ArgumentLimit {
  readonly totalBytes: number;
  /** What each argument takes besides its bytes: its end, and the pointer to it. */
  readonly perArgumentBytes: number;
}

/**
 * Linux: a quarter of the stack, which is 8 MiB by default (execve(2)). macOS: ARG_MAX of sys/syslimits.h. Windows: 32,767 UTF-16 units
 * (CreateProcess); quotes may be put around each. Elsewhere: what xargs takes to be safe.
 */
const ARGUMENT_LIMITS: Readonly<Record<string, ArgumentLimit>> = {
  linux: { totalBytes: 2 * 1024 * 1024, perArgumentBytes: 9 },
  darwin: { totalBytes: 1024 * 1024, perArgumentBytes: 9 },
  win32: { totalBytes: 32_767, perArgumentBytes: 3 },
};
const CAUTIOUS_LIMIT: ArgumentLimit = { totalBytes: 128 * 1024, perArgumentBytes: 9 };
/** Package runners hand all arguments to a shell as one, and one argument of Linux has at most 128 KiB; each may get quotes. */
const THROUGH_A_SHELL: ArgumentLimit = { totalBytes: 100 * 1024, perArgumentBytes: 3 };
/** The same for cmd.exe, which takes 8,191 characters. */
const THROUGH_CMD: ArgumentLimit = { totalBytes: 8_000, perArgumentBytes: 3 };
/** What the tool may add when it starts programs of its own. */
const HEADROOM_SHARE = 0.1;

export interface CallRoom {
  readonly platform: NodeJS.Platform;
  /** Program and arguments without files. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether the program hands its arguments to a shell. */
  readonly throughShell: boolean;
}

/** Bytes that are left for the names of files in one call; each takes `perFileBytes` besides its own. */
export function roomForFiles({ platform, command, environment, throughShell }: CallRoom): {
  readonly bytes: number;
  readonly perFileBytes: number;
} {
  const limit = limitOf(platform, throughShell);
  const size = (text: string): number => Buffer.byteLength(text) + limit.perArgumentBytes;
  const words = command.reduce((sum, word) => sum + size(word), 0);
  // The environment of Windows, and the one behind a shell's argument, has its own limit.
  const variables =
    platform === 'win32' || throughShell
      ? 0
      : Object.entries(environment).reduce((sum, [name, value]) => sum + size(`${name}=${value ?? ''}`), 0);
  const bytes = Math.floor(limit.totalBytes * (1 - HEADROOM_SHARE)) - words - variables;
  return { bytes: Math.max(bytes, 0), perFileBytes: limit.perArgumentBytes };
}

function limitOf(platform: NodeJS.Platform, throughShell: boolean): ArgumentLimit {
  if (throughShell) return platform === 'win32' ? THROUGH_CMD : THROUGH_A_SHELL;
  return ARGUMENT_LIMITS[platform] ?? CAUTIOUS_LIMIT;
}

/** Fewer files are not worth another start of the tool. */
const MIN_FILES_PER_CALL = 8;

export interface BatchLimits {
  readonly room: ReturnType<typeof roomForFiles>;
  /** Largest number of files in one call. */
  readonly mostFiles: number;
  /** Calls at the same time. */
  readonly parallel: number;
}

/** `files` in order, in as few calls as the limits allow but enough for `parallel`; calls that run side by side get about equally many. */
export function cutIntoBatches<File extends { readonly argument: string }>(
  files: readonly File[],
  { room, mostFiles, parallel }: BatchLimits,
): File[][] {
  if (files.length === 0) return [];
  const perTurn = Math.max(Math.ceil(files.length / parallel), Math.min(MIN_FILES_PER_CALL, files.length));
  const most = Math.min(mostFiles, perTurn);
  const needed = fill(files, room, most).length;
  // As many calls as before, with equal shares instead of a short last one.
  return fill(files, room, Math.min(most, Math.ceil(files.length / needed)));
}

/** A name that is longer than the room gets a call of its own: the system says what is wrong with it. */
function fill<File extends { readonly argument: string }>(
  files: readonly File[],
  room: BatchLimits['room'],
  most: number,
): File[][] {
  const batches: File[][] = [];
  let batch: File[] = [];
  let left = room.bytes;
  for (const file of files) {
    const size = Buffer.byteLength(file.argument) + room.perFileBytes;
    if (batch.length > 0 && (batch.length >= most || size > left)) {
      batches.push(batch);
      batch = [];
      left = room.bytes;
    }
    batch.push(file);
    left -= size;
  }
  batches.push(batch);
  return batches;
}
