import type { Reason, ReasonKind } from '../../index.js';

type Of<Kind extends ReasonKind> = Extract<Reason, { kind: Kind }>;

interface Words<Kind extends ReasonKind> {
  /** Heads a group of tasks. */
  readonly title: string;
  /** What is particular to one task; '' where the title says it all. */
  readonly detail: (reason: Of<Kind>) => string;
}

const change = ({ old, new: now }: { readonly old: string | null; readonly new: string | null }): string =>
  `${old ?? 'nothing'} -> ${now ?? 'nothing'}`;

/** Every reason in words, for plan, explain and --verbose; those to run first. */
const WORDS: { readonly [Kind in ReasonKind]: Words<Kind> } = {
  forced: { title: 'forced by --force', detail: () => '' },
  'never-seen': { title: 'never analyzed before', detail: ({ new: now }) => now },
  'content-changed': { title: 'content changed', detail: change },
  'analyzer-version-changed': { title: 'analyzer version changed', detail: change },
  'analyzer-code-changed': { title: 'analyzer code changed', detail: change },
  'option-changed': {
    title: 'analyzer option changed',
    detail: (reason) => `${reason.option === '' ? '' : `${reason.option} `}${change(reason)}`,
  },
  'environment-changed': {
    title: 'environment variable changed',
    detail: (reason) => `${reason.name} ${change(reason)}`,
  },
  'dependency-changed': {
    title: 'a file that it depends on changed',
    detail: (reason) => `${reason.path} ${change(reason)}`,
  },
  'dependency-appeared': {
    title: 'a file appeared that it looked for',
    detail: ({ path }) => path,
  },
  'listing-changed': {
    title: 'a folder that it lists changed',
    detail: (reason) => `${reason.path} ${change(reason)}`,
  },
  'imports-changed': {
    title: 'something that it imports changed',
    detail: (reason) => `${reason.path} ${change(reason)}`,
  },
  'surface-changed': {
    title: 'a result that it uses changed',
    detail: (reason) => `${reason.analyzer} of ${reason.path} ${change(reason)}`,
  },
  'dependency-would-run': {
    title: 'a result that it uses would run; reused if that comes out the same',
    detail: ({ analyzer, path }) => `${analyzer} of ${path}`,
  },
  'not-kept': { title: 'the last result was not kept', detail: ({ why }) => why },
  expired: {
    title: 'expired',
    detail: ({ key, ttlSeconds }) => `${key}, after ${ttlSeconds} s at the latest`,
  },
  'record-missing': { title: 'record missing', detail: ({ key }) => key },
  'record-corrupt': { title: 'record corrupt', detail: ({ key, problem }) => `${key}: ${problem}` },
  invalidated: { title: 'invalidated', detail: ({ epoch }) => `by invalidation ${epoch}` },
  'found-in-remote': { title: 'found in the shared cache', detail: () => '' },
  'found-by-key': { title: 'found in the cache, kept from an earlier run', detail: () => '' },
  unchanged: { title: 'unchanged', detail: () => '' },
};

export const reasonTitle = (kind: ReasonKind): string => WORDS[kind].title;

export function reasonDetail(reason: Reason): string {
  return (WORDS[reason.kind].detail as (reason: Reason) => string)(reason);
}

/** `content changed xxh64:… -> xxh64:…` */
export function reasonSentence(reason: Reason): string {
  const detail = reasonDetail(reason);
  return detail === '' ? reasonTitle(reason.kind) : `${reasonTitle(reason.kind)} ${detail}`;
}

/** The reasons in the order in which they are listed. */
export const REASON_KINDS = Object.keys(WORDS) as readonly ReasonKind[];
