/** What is kept of a SARIF report for one file. */
import type { JsonValue } from '../../../model/json.js';
import { isObject, listOr, member, numberOr, objectOr, textOr, type JsonList, type JsonObject } from './json-shape.js';
import { DESCRIPTOR_LISTS, type DescriptorList } from './sarif-walk.js';

/** One run, for one file. Indexes of rules and notifications in `results` and `notifications` are those of `descriptors`. */
export interface PartRun {
  /** Number of earlier runs in the same report with the same tool and automation id. */
  readonly ordinal: number;
  /** The run without what belongs to files or to one call, URIs made portable. */
  readonly shell: JsonObject;
  readonly descriptors: readonly UsedDescriptor[];
  readonly results: JsonList;
  /** Results and notifications without a location: kept with every file of their call, printed once. */
  readonly loose: JsonList;
  /** Entries of `artifacts` that are this file. */
  readonly artifacts: JsonList;
  /** Null where the report has no invocations. */
  readonly invocation: JsonObject | null;
}

/** A rule or notification that is referred to. */
export interface UsedDescriptor {
  /** Index in `tool.extensions`; -1 is the driver. */
  readonly component: number;
  readonly list: DescriptorList;
  readonly descriptor: JsonValue;
}

/** In a part, stands for the index that an artifact will have. */
export const KNOWN_ARTIFACT = -2;

export const NOTIFICATION_LISTS = ['toolExecutionNotifications', 'toolConfigurationNotifications'] as const;

export const runsOf = (part: JsonValue): PartRun[] => listOr(member(part, 'runs')).map(readRun);

function readRun(run: JsonValue): PartRun {
  const invocation = member(run, 'invocation');
  return {
    ordinal: numberOr(member(run, 'ordinal'), 0),
    shell: objectOr(member(run, 'shell')),
    descriptors: listOr(member(run, 'descriptors')).map(readDescriptor),
    results: listOr(member(run, 'results')),
    loose: listOr(member(run, 'loose')),
    artifacts: listOr(member(run, 'artifacts')),
    invocation: isObject(invocation) ? invocation : null,
  };
}

function readDescriptor(used: JsonValue): UsedDescriptor {
  const list = DESCRIPTOR_LISTS.find((known) => known === member(used, 'list')) ?? 'rules';
  return { component: numberOr(member(used, 'component'), -1), list, descriptor: member(used, 'descriptor') ?? null };
}

/** Runs of the same tool and automation id are one; `ordinal` keeps several of them in one report apart. */
export function runIdentity(shell: JsonObject, ordinal: number): string {
  const tool = textOr(member(member(shell['tool'], 'driver'), 'name'), '');
  return JSON.stringify([tool, textOr(member(shell['automationDetails'], 'id'), ''), ordinal]);
}

/** A component with the same name and identity is the same one in another report. */
export const componentIdentity = (component: JsonValue): string =>
  JSON.stringify([member(component, 'guid') ?? null, member(component, 'name') ?? null]);
