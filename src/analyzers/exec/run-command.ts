import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { systemCode } from '../../model/errors.js';

export interface CommandRequest {
  /** Absolute path of the program, or a name on PATH. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number | undefined;
  /** Called with what the program writes to its error stream, as it comes. */
  readonly onStderr?: (text: string) => void;
}

/** How a command ended. What it wrote until then is there in any case. */
export interface CommandEnd {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly durationMs: number;
  /** Null where it was killed or never ran. */
  readonly exitCode: number | null;
  /** Why its output is not to be used; ends a sentence that begins with the name of the tool. */
  readonly problem: CommandProblem | undefined;
}

export type CommandProblem =
  | { readonly kind: 'aborted' | 'timed-out' | 'too-much-output' | 'killed'; readonly message: string }
  /** It never ran. */
  | { readonly kind: 'not-found' | 'too-long' | 'not-started'; readonly message: string };

/** Most that is kept of each output stream, in bytes: reports of large codebases have some tens of megabytes. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
/** How long a program may take to end itself before it is killed, in ms. */
const PATIENCE_MS = 5000;
/** What a program left behind may hold its output open; how long more is waited for after the program itself ended, in ms. */
const AFTERMATH_MS = 2000;

/** Groups of processes that are running: none of them may outlive this process. */
const running = new Set<ChildProcess>();
let isWatchingExit = false;

/** Runs a program without a shell, in a process group of its own, with nothing to read from. Never throws. */
export function runCommand(request: CommandRequest): Promise<CommandEnd> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let problem: CommandProblem | undefined;
    let child: ChildProcess | undefined;
    const timers: NodeJS.Timeout[] = [];
    const after = (ms: number, act: () => void): unknown => timers.push(setTimeout(act, ms));

    const stop = (why: CommandProblem): void => {
      if (problem !== undefined || child === undefined) return;
      problem = why;
      killGroup(child, 'SIGTERM');
      after(PATIENCE_MS, () => child !== undefined && killGroup(child, 'SIGKILL'));
    };
    const onAbort = (): void => stop({ kind: 'aborted', message: 'was stopped' });
    const finish = (exitCode: number | null): void => {
      for (const timer of timers) clearTimeout(timer);
      request.signal.removeEventListener('abort', onAbort);
      if (child !== undefined) running.delete(child);
      resolve({
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr),
        durationMs: performance.now() - startedAt,
        exitCode: problem === undefined ? exitCode : null,
        problem,
      });
    };
    const fail = (error: unknown): void => {
      problem ??= startProblem(error);
      finish(null);
    };
    if (request.signal.aborted) {
      problem = { kind: 'aborted', message: 'was not started' };
      finish(null);
      return;
    }
    try {
      child = start(request);
    } catch (error) {
      fail(error);
      return;
    }
    const started = child;
    // The first of `error` and `close` decides: a program that cannot be started may give both.
    started.once('error', fail);
    collect(started.stdout, stdout, () => stop(tooMuch('output')));
    collect(started.stderr, stderr, () => stop(tooMuch('messages')), request.onStderr);
    request.signal.addEventListener('abort', onAbort, { once: true });
    if (request.timeoutMs !== undefined) after(request.timeoutMs, () => stop(timedOut(request.timeoutMs ?? 0)));
    started.once('exit', () => {
      after(problem === undefined ? AFTERMATH_MS : PATIENCE_MS + AFTERMATH_MS, () => {
        started.stdout?.destroy();
        started.stderr?.destroy();
      });
    });
    started.once('close', (exitCode, signal) => {
      if (signal !== null) problem ??= { kind: 'killed', message: `was ended by ${signal}` };
      finish(exitCode);
    });
  });
}

function start({ program, arguments: args, cwd, environment }: CommandRequest): ChildProcess {
  const child = spawn(program, args, {
    cwd,
    env: environment,
    shell: false,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that all that it starts can be ended with it. On Windows this would open a window.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  running.add(child);
  if (!isWatchingExit) process.on('exit', killAll);
  isWatchingExit = true;
  return child;
}

function killAll(): void {
  for (const child of running) killGroup(child, 'SIGKILL');
}

function killGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(pid), '/t', '/f'], { windowsHide: true });
    else process.kill(-pid, signal);
  } catch (error) {
    // It has ended by itself.
    if (systemCode(error) !== 'ESRCH' && systemCode(error) !== 'EPERM') throw error;
  }
}

function collect(
  stream: ChildProcess['stdout'],
  pieces: Buffer[],
  onTooMuch: () => void,
  onText?: (text: string) => void,
): void {
  let length = 0;
  const decoder = onText === undefined ? undefined : new TextDecoder();
  stream?.on('data', (piece: Buffer) => {
    length += piece.length;
    if (length > MAX_OUTPUT_BYTES) {
      onTooMuch();
      return;
    }
    pieces.push(piece);
    if (decoder !== undefined) onText?.(decoder.decode(piece, { stream: true }));
  });
}

const timedOut = (timeoutMs: number): CommandProblem => ({
  kind: 'timed-out',
  message: `did not end within ${timeoutMs / 1000} s and was stopped`,
});

const tooMuch = (what: string): CommandProblem => ({
  kind: 'too-much-output',
  message: `wrote more than ${MAX_OUTPUT_BYTES / 1024 / 1024} MB of ${what} and was stopped`,
});

function startProblem(error: unknown): CommandProblem {
  const code = systemCode(error);
  if (code === 'ENOENT') return { kind: 'not-found', message: 'was not found' };
  if (code === 'E2BIG' || code === 'ENAMETOOLONG')
    return { kind: 'too-long', message: 'was given more arguments than the system takes' };
  return { kind: 'not-started', message: `could not be started (${code ?? String(error)})` };
}
