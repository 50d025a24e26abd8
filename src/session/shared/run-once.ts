/** Several machines that miss the same results at the same time run each task once: whoever has the lease runs it, the others take its record. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isSeen } from '../../model/dependency.js';
import { isBatchAnalyzer } from '../../model/analyzer.js';
import type { Candidate } from '../../plan/make-plan.js';
import type { Prepared, Session } from '../session.js';
import { PortionSize } from './portion-size.js';
import type { SharedCache } from './shared-cache.js';

/** So much work is leased at once: others can take what is left, who dies keeps them waiting for little, and the round trips pay. */
const PORTION_MS = 1000;
const MOST_AT_ONCE = 256;
const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 500;
/** So many times the time of a lease, nothing new comes of what others hold: then it runs here. One that hangs, or means harm, can renew for ever. */
const LEASES_WITHOUT_PROGRESS = 20;

export interface RunOnceInput {
  readonly session: Session;
  readonly shared: SharedCache;
  readonly prepared: Pick<Prepared, 'states' | 'decisions' | 'resolver' | 'isUsed'>;
  /** Tasks whose records have been offered in this run; grows. */
  readonly offered: Set<Candidate>;
  readonly run: (tasks: readonly Candidate[]) => Promise<void>;
}

/**
 * Runs each of `tasks`, or takes over what another machine made of it meanwhile. Waiting for a lease ends when it ends: then the task runs here.
 * @returns tasks of which a record came that holds if other results are the same: they are open again.
 */
export async function runOnce(tasks: readonly Candidate[], input: RunOnceInput): Promise<Candidate[]> {
  const { signal } = input.session;
  const reopened: Candidate[] = [];
  let elsewhere: Candidate[] = [];
  const { concurrency } = input.session.settings;
  const size = new PortionSize({ first: concurrency, least: concurrency, most: MOST_AT_ONCE, targetMs: PORTION_MS });
  for (const portion of portions(tasks, input.session, size)) {
    if (signal.aborted) return reopened;
    const startedAt = performance.now();
    const { left } = await runLeased(portion, input, reopened);
    size.note(portion.length, performance.now() - startedAt);
    elsewhere.push(...left);
  }
  let waitMs = FIRST_WAIT_MS;
  let progressAt = performance.now();
  while (elsewhere.length > 0 && !signal.aborted) {
    if (performance.now() - progressAt > LEASES_WITHOUT_PROGRESS * input.shared.leaseMs) {
      await input.run(elsewhere);
      return reopened;
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    const before = elsewhere.length;
    const missing = await takeOver(elsewhere, input, reopened);
    elsewhere = missing.length === 0 ? [] : (await runLeased(missing, input, reopened)).left;
    if (elsewhere.length < before) progressAt = performance.now();
    waitMs = elsewhere.length < before ? FIRST_WAIT_MS : Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
  return reopened;
}

/** Runs those whose lease is free; the others are left. */
async function runLeased(
  tasks: readonly Candidate[],
  input: RunOnceInput,
  reopened: Candidate[],
): Promise<{ readonly left: Candidate[] }> {
  const { shared, run } = input;
  const leases = await shared.lease(tasks);
  try {
    // Whoever had the lease before may have just finished.
    const mine = tasks.filter((task) => leases.has(task));
    const missing = await takeOver(mine, input, reopened);
    if (missing.length > 0) {
      await run(missing);
      await shared.flush();
    }
  } finally {
    await leases.release();
  }
  return { left: tasks.filter((task) => !leases.has(task)) };
}

/** Takes what other machines have of these by now; answers those of which there is nothing. */
async function takeOver(
  tasks: readonly Candidate[],
  { shared, offered, prepared: { states, decisions, resolver, isUsed } }: RunOnceInput,
  reopened: Candidate[],
): Promise<Candidate[]> {
  const found = await shared.find(tasks, { states, isUsed, replacing: decisions.replacing });
  return tasks.filter((task) => {
    const records = found.get(task);
    if (records === undefined) return true;
    // Somebody in this run may have asked for it, so that it runs here already.
    const certain = records.find(({ dependencies }) => dependencies.every(isSeen));
    // Its records were offered before, and other results did not come out the same.
    if (certain === undefined && offered.has(task)) return true;
    if (!resolver.claim(task)) return false;
    if (certain !== undefined) decisions.reuse(task, certain);
    else {
      offered.add(task);
      resolver.offer(task, records);
      reopened.push(task);
    }
    return false;
  });
}

/** From a random place on, so that machines that start together begin with different tasks. What is asked about many files at once stays together. */
function* portions(
  tasks: readonly Candidate[],
  { analyzers }: Session,
  size: PortionSize,
): Generator<readonly Candidate[]> {
  const batched = new Set(analyzers.filter(({ analyzer }) => isBatchAnalyzer(analyzer)).map(({ plan }) => plan.id));
  const single = tasks.filter(({ analyzerId }) => !batched.has(analyzerId));
  const start = Math.floor(Math.random() * single.length);
  const rotated = [...single.slice(start), ...single.slice(0, start)];
  for (let at = 0, count = size.current; at < rotated.length; at += count, count = size.current)
    yield rotated.slice(at, at + count).sort((a, b) => a.index - b.index);
  const together = tasks.filter(({ analyzerId }) => batched.has(analyzerId));
  if (together.length > 0) yield together;
}
