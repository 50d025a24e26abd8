import { CacheError } from '../model/errors.js';

/** Told of every circle: the error, and the tasks that wait in it for another result. */
export type OnCircle = (error: CacheError, members: readonly string[]) => void;

/** Which tasks wait for which others, so that a circle is noticed before it is closed. Tasks are named by `taskName`. */
export class Waiting {
  readonly #waits = new Map<string, Map<string, number>>();
  /** Of tasks without an answer that are answered by one call: those tasks. */
  readonly #calls = new Map<string, ReadonlySet<string>>();
  readonly #onCircle: OnCircle;

  constructor(onCircle: OnCircle) {
    this.#onCircle = onCircle;
  }

  /** One call answers all of them: until a task is over, it waits along with whichever of them waits. */
  together(tasks: readonly string[]): void {
    const call = new Set(tasks);
    if (call.size > 1) for (const task of call) this.#calls.set(task, call);
  }

  /** The task waits for nothing any more, whatever it asked for. */
  end(task: string): void {
    this.#waits.delete(task);
    this.#calls.delete(task);
  }

  /**
   * Runs `action` while `asker` counts as waiting for `target`.
   * @throws CacheError CACHE_CYCLE with `cycle`, the tasks in order, where `target` waits for `asker` already.
   */
  async during<T>(asker: string, target: string, action: () => Promise<T>): Promise<T> {
    const path = this.#pathFrom(target, asker);
    if (path !== undefined) throw this.#circle(path);
    const targets = this.#waits.get(asker) ?? new Map<string, number>();
    this.#waits.set(asker, targets);
    targets.set(target, (targets.get(target) ?? 0) + 1);
    try {
      return await action();
    } finally {
      const left = (targets.get(target) ?? 1) - 1;
      if (left > 0) targets.set(target, left);
      else targets.delete(target);
      if (targets.size === 0 && this.#waits.get(asker) === targets) this.#waits.delete(asker);
    }
  }

  /** The tasks on the way from one to another, both included; undefined where none leads there. */
  #pathFrom(from: string, to: string): string[] | undefined {
    const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
    const next = [from];
    for (let task = next.pop(); task !== undefined; task = next.pop()) {
      if (task === to) {
        const path: string[] = [];
        for (let at: string | undefined = task; at !== undefined; at = cameFrom.get(at)) path.unshift(at);
        return path;
      }
      for (const target of this.#next(task, to)) {
        if (cameFrom.has(target)) continue;
        cameFrom.set(target, task);
        next.push(target);
      }
    }
    return undefined;
  }

  /** What a task waits for while `asker` does, too. */
  *#next(task: string, asker: string): Generator<string> {
    yield* this.#waits.get(task)?.keys() ?? [];
    const call = this.#calls.get(task);
    if (call === undefined) return;
    if (call.has(asker)) yield asker;
    // Few wait, while a call may be for thousands.
    for (const waiting of this.#waits.keys()) if (this.#calls.get(waiting) === call) yield waiting;
  }

  #circle(path: readonly string[]): CacheError {
    const error = cycleError(path);
    // Who only shares a call with one that waits may get along without.
    const waits = (task: string, next: string | undefined): boolean =>
      next === undefined || this.#waits.get(task)?.has(next) === true;
    this.#onCircle(
      error,
      path.filter((task, index) => waits(task, path[index + 1])),
    );
    return error;
  }
}

/** The same circle has one name, wherever it was noticed. */
function cycleError(path: readonly string[]): CacheError {
  const first = path.indexOf([...path].sort()[0] as string);
  const cycle = [...path.slice(first), ...path.slice(0, first)].map((task) => {
    const [file, analyzer] = task.split('\0');
    return `${analyzer} of ${file}`;
  });
  return new CacheError(
    'CACHE_CYCLE',
    `These results depend on each other in a circle: ${[...cycle, cycle[0]].join(' -> ')}. Let one of them read the file instead of the result.`,
    { cycle },
  );
}
