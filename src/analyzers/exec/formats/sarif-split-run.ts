import type { SourcePath } from '../../../model/ids.js';
import type { JsonValue } from '../../../model/json.js';
import type { FileNames } from './file-names.js';
import {
  isList,
  isObject,
  listOr,
  member,
  numberOr,
  objectOr,
  textOr,
  without,
  type JsonObject,
} from './json-shape.js';
import { reportUnreadable, type SplitContext } from './report-format.js';
import { ReferenceKeeper } from './sarif-keep-references.js';
import { NOTIFICATION_LISTS, type PartRun } from './sarif-part.js';
import { fileAt, toPortable, withBaseUris } from './sarif-uri.js';
import { DESCRIPTOR_LISTS, SHARED_LISTS, mapReferences } from './sarif-walk.js';

export interface SplitRun {
  /** An entry for every file of the call. */
  readonly byFile: ReadonlyMap<SourcePath, PartRun>;
  /** Files of which the tool says that it failed over them. */
  readonly failed: ReadonlySet<SourcePath>;
  readonly unexpected: ReadonlySet<string>;
}

interface Pieces {
  readonly results: JsonObject[];
  readonly artifacts: JsonObject[];
  readonly notifications: Map<string, JsonObject[]>;
}

/** Lists of a run that results point into from places that are not visited; rare enough to be refused. */
const UNSUPPORTED_LISTS = ['externalPropertyFileReferences', 'graphs', 'addresses'] as const;
/** What describes one call, or is put together again from the parts. */
const NOT_IN_SHELL = ['results', 'artifacts', 'invocations', ...SHARED_LISTS, ...UNSUPPORTED_LISTS] as const;

/** Takes one run of a report apart. @throws CacheError CACHE_REPORT_UNREADABLE */
export function splitRun(run: JsonObject, ordinal: number, context: SplitContext, names: FileNames): SplitRun {
  expectShape(run);
  return new RunSplitter(run, context, names).split(ordinal);
}

function expectShape(run: JsonObject): void {
  const name = member(member(run['tool'], 'driver'), 'name');
  if (typeof name !== 'string' || name === '') throw reportUnreadable('sarif', 'a run has no tool.driver.name');
  // 3.14.23: null says that there was no scan, an empty list that it found nothing.
  if (run['results'] === null)
    throw reportUnreadable('sarif', 'its results are null: the tool did not get as far as scanning');
  for (const list of ['results', 'artifacts', 'invocations']) {
    const value = run[list] ?? [];
    if (!isList(value) || !value.every(isObject))
      throw reportUnreadable('sarif', `"${list}" of a run is no list of objects`);
  }
  for (const list of UNSUPPORTED_LISTS) {
    const value = run[list];
    if (value !== undefined && value !== null && JSON.stringify(value).length > 2)
      throw reportUnreadable('sarif', `a run has "${list}", which cannot be taken apart by file`);
  }
}

class RunSplitter {
  readonly #run: JsonObject;
  readonly #context: SplitContext;
  readonly #names: FileNames;
  readonly #bases: JsonObject;
  readonly #pieces = new Map<SourcePath, Pieces>();
  readonly #loose: JsonObject[] = [];
  readonly #looseNotifications = new Map<string, JsonObject[]>();
  readonly #failed = new Set<SourcePath>();
  readonly #unexpected = new Set<string>();

  constructor(run: JsonObject, context: SplitContext, names: FileNames) {
    this.#run = run;
    this.#context = context;
    this.#names = names;
    this.#bases = objectOr(run['originalUriBaseIds']);
    for (const path of context.files) this.#pieces.set(path, { results: [], artifacts: [], notifications: new Map() });
  }

  split(ordinal: number): SplitRun {
    for (const result of this.#objects('results')) this.#takeResult(result);
    for (const artifact of this.#objects('artifacts')) this.#takeArtifact(artifact);
    const invocations = this.#objects('invocations');
    for (const invocation of invocations) this.#takeInvocation(invocation);
    const shell = this.#shell();
    const byFile = new Map<SourcePath, PartRun>();
    for (const [path, pieces] of this.#pieces)
      byFile.set(path, this.#partRun(pieces, { ordinal, shell, hasInvocation: invocations.length > 0 }));
    return { byFile, failed: this.#failed, unexpected: this.#unexpected };
  }

  #objects(list: string): JsonObject[] {
    return listOr(this.#run[list]).filter(isObject);
  }

  #takeResult(result: JsonObject): void {
    const location = this.#firstLocation(result);
    if (location === undefined) this.#loose.push(result);
    else this.#piecesAt(location)?.results.push(result);
  }

  #takeArtifact(artifact: JsonObject): void {
    const path = this.#fileAt(objectOr(artifact['location']));
    if (path !== undefined) this.#pieces.get(path)?.artifacts.push(without(artifact, 'parentIndex'));
  }

  #takeInvocation(invocation: JsonObject): void {
    let explained = invocation['executionSuccessful'] !== false;
    for (const list of NOTIFICATION_LISTS)
      for (const notification of listOr(invocation[list]).filter(isObject)) {
        const location = this.#firstLocation(notification);
        const path = location === undefined ? undefined : this.#fileAt(location);
        const target = path === undefined ? this.#looseNotifications : this.#pieces.get(path)?.notifications;
        // When and where one call said so is not part of the answer.
        const kept = without(notification, 'timeUtc', 'threadId', 'processId');
        target?.set(list, [...(target.get(list) ?? []), kept]);
        if (path === undefined || invocation['executionSuccessful'] !== false || notification['level'] !== 'error')
          continue;
        this.#failed.add(path);
        explained = true;
      }
    if (!explained)
      throw reportUnreadable('sarif', 'the tool says that its execution failed, and over no file in particular');
  }

  /** The pieces of the file there; one that was not asked about is noted. */
  #piecesAt(location: JsonObject): Pieces | undefined {
    const path = this.#fileAt(location);
    if (path === undefined) this.#unexpected.add(textOr(location['uri'], '(a location without a URI)'));
    return path === undefined ? undefined : this.#pieces.get(path);
  }

  #fileAt(location: JsonObject): SourcePath | undefined {
    return fileAt(this.#filledIn(location), this.#bases, this.#names, this.#context.root);
  }

  /** `artifactLocation` of the first location, with what `artifacts` say of it. */
  #firstLocation(holder: JsonObject): JsonObject | undefined {
    const physical = member(listOr(holder['locations'])[0], 'physicalLocation');
    const location = member(physical, 'artifactLocation');
    return isObject(location) ? this.#filledIn(location) : undefined;
  }

  #filledIn(location: JsonObject): JsonObject {
    const artifact = listOr(this.#run['artifacts'])[numberOr(location['index'], -1)];
    return { ...objectOr(member(artifact, 'location')), ...location };
  }

  #shell(): JsonObject {
    const shell = without(this.#run, ...NOT_IN_SHELL);
    const tool = objectOr(shell['tool']);
    const emptied: Record<string, JsonValue> = { ...tool, driver: withoutDescriptors(tool['driver']) };
    if (isList(tool['extensions'])) emptied['extensions'] = tool['extensions'].map(withoutDescriptors);
    const changed: Record<string, JsonValue> = { ...shell, tool: emptied };
    // A guid names one run, and a revision the tree of one run; the joined report is another one.
    if (isObject(shell['automationDetails']))
      changed['automationDetails'] = without(shell['automationDetails'], 'guid');
    if (isList(shell['versionControlProvenance']))
      changed['versionControlProvenance'] = shell['versionControlProvenance']
        .filter(isObject)
        .map((origin) => without(origin, 'revisionId', 'revisionTag', 'branch', 'asOfTimeUtc'));
    if (shell['originalUriBaseIds'] !== undefined)
      changed['originalUriBaseIds'] = withBaseUris(shell['originalUriBaseIds'], (uri) => toPortable(uri, this.#names));
    return changed;
  }

  #partRun(
    pieces: Pieces,
    { ordinal, shell, hasInvocation }: { ordinal: number; shell: JsonObject; hasInvocation: boolean },
  ): PartRun {
    const keeper = new ReferenceKeeper(this.#run, this.#names);
    const keep = (object: JsonObject): JsonObject => mapReferences(keeper.result(object), keeper);
    const notifications = NOTIFICATION_LISTS.map(
      (list) =>
        [
          list,
          [...(pieces.notifications.get(list) ?? []), ...(this.#looseNotifications.get(list) ?? [])].map(keep),
        ] as const,
    );
    return {
      ordinal,
      shell,
      results: pieces.results.map(keep),
      loose: this.#loose.map(keep),
      artifacts: pieces.artifacts.map((artifact) => keeper.artifact(artifact)),
      invocation: hasInvocation
        ? { executionSuccessful: true, ...Object.fromEntries(notifications.filter(([, list]) => list.length > 0)) }
        : null,
      descriptors: keeper.descriptors,
    };
  }
}

function withoutDescriptors(component: JsonValue | undefined): JsonObject {
  return without(objectOr(component), ...DESCRIPTOR_LISTS);
}
