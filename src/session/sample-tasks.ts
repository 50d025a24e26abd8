import type { RecordId } from '../model/ids.js';
import { makeCandidate, taskName, type Candidate } from '../plan/make-plan.js';
import { byCodeUnit } from '../util/paths.js';
import type { Prepared, Session, SessionAnalyzer } from './session.js';

/** How many results are looked at: all, so many, or a share of them. */
export type SampleSize = 'all' | number | `${number}%`;

const DEFAULT_SHARE = 0.05;
/** Fewer would say little of a small codebase, and take no time. */
const LEAST_BY_DEFAULT = 20;

/** A result that a run would use again, with the record that it would take. */
export interface ReusableTask {
  readonly candidate: Candidate;
  readonly id: RecordId;
}

interface Place {
  readonly index: number;
  readonly analyzer: SessionAnalyzer;
  readonly id: RecordId;
}

export interface Sample {
  /** How many results a run would use again. */
  readonly reusable: number;
  /** Sorted by path, then analyzer. */
  readonly tasks: readonly ReusableTask[];
}

/**
 * A random choice among what a run would use again. Every analyzer is represented, so that there may be a few more than asked for.
 * @param random at least 0, below 1. @throws TypeError for a size that is none.
 */
export function drawSample(
  session: Session,
  prepared: Prepared,
  size: SampleSize | undefined,
  random: () => number = Math.random,
): Sample {
  const places = shuffled(reusablePlaces(session, prepared), random);
  const most = sampleCount(size, places.length);
  const firsts = [...new Map(places.map((place) => [place.analyzer, place])).values()];
  const chosen = new Set(firsts);
  for (const place of places) {
    if (chosen.size >= most) break;
    chosen.add(place);
  }
  const tasks = [...chosen]
    .map(({ index, analyzer, id }) => ({
      id,
      candidate: makeCandidate(index, analyzer.plan, prepared.scanned.files, { kind: 'forced' }),
    }))
    .sort(
      (a, b) => a.candidate.index - b.candidate.index || byCodeUnit(a.candidate.analyzerId, b.candidate.analyzerId),
    );
  return { reusable: places.length, tasks };
}

/** @throws TypeError for a size that is none. */
export function sampleCount(size: SampleSize | undefined, total: number): number {
  if (size === undefined) return Math.max(LEAST_BY_DEFAULT, Math.ceil(total * DEFAULT_SHARE));
  if (size === 'all') return total;
  if (typeof size === 'number' && Number.isInteger(size) && size >= 1) return size;
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(String(size)) ?? [];
  const share = Number(percent) / 100;
  if (share > 0 && share <= 1) return Math.ceil(total * share);
  throw new TypeError(`Expected sample to be "all", a whole number from 1 on or a share such as "5%", found ${size}`);
}

function reusablePlaces(session: Session, { scanned, previous, decisions }: Prepared): Place[] {
  const decided = new Map(
    [...decisions.decided.keys()].map((candidate) => [taskName(candidate.path, candidate.analyzerId), candidate]),
  );
  const places: Place[] = [];
  for (const [index, path] of scanned.files.paths.entries()) {
    const before = previous.document?.recordsOf(path);
    for (const analyzer of session.analyzers) {
      const { id: analyzerId, matches } = analyzer.plan;
      if (matches?.(path) === false) continue;
      const candidate = decided.get(taskName(path, analyzerId));
      const id = candidate === undefined ? before?.get(analyzerId) : decisions.found.get(candidate)?.id;
      if (id !== undefined) places.push({ index, analyzer, id });
    }
  }
  return places;
}

/** In place, each order equally likely. Source: Durstenfeld, Algorithm 235. */
function shuffled<T>(items: T[], random: () => number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other] as T, items[last] as T];
  }
  return items;
}
