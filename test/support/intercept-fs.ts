import { realFs, type FileSystem } from '../../src/util/fs.js';

export type PortCall = keyof FileSystem;

/** One call through the port, before it happens. */
export interface Intercepted {
  readonly call: PortCall;
  readonly args: readonly unknown[];
  /** The file or folder that the call is about; for calls by descriptor, the one that was opened. */
  readonly place: string;
  /** Makes the call, with other arguments if some are given. */
  readonly proceed: (...args: unknown[]) => unknown;
}

/** The port with every call handed to `handle` first. */
export function interceptFs(handle: (call: Intercepted) => unknown, base: FileSystem = realFs): FileSystem {
  const opened = new Map<number, string>();
  const wrap = (call: PortCall) => {
    const original = base[call] as (...args: unknown[]) => unknown;
    return (...args: unknown[]): unknown => {
      const [subject] = args;
      const place = typeof subject === 'number' ? (opened.get(subject) ?? '') : String(subject);
      const proceed = (...other: unknown[]): unknown => original(...(other.length > 0 ? other : args));
      const answer = handle({ call, args, place, proceed });
      if (call === 'openSync') opened.set(answer as number, place);
      return answer;
    };
  };
  const names = Object.keys(base) as PortCall[];
  return Object.fromEntries(names.map((name) => [name, wrap(name)])) as unknown as FileSystem;
}
