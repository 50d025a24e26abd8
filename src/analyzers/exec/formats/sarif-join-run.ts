import type { JsonValue } from '../../../model/json.js';
import type { FileNames } from './file-names.js';
import { isList, isObject, listOr, member, numberOr, objectOr, without, type JsonObject } from './json-shape.js';
import { KNOWN_ARTIFACT, NOTIFICATION_LISTS, componentIdentity, type PartRun } from './sarif-part.js';
import { fromPortable, withBaseUris, withUri } from './sarif-uri.js';
import { mapReferences, type DescriptorList, type ReferenceVisitor } from './sarif-walk.js';

/** The name under which the driver stands among the components. */
const DRIVER = 'driver';

/** By its text, so that equal ones are one; places are the order of first use. */
interface PlacedDescriptor {
  readonly index: number;
  readonly descriptor: JsonValue;
}

interface Component {
  shell: JsonObject;
  readonly lists: Map<DescriptorList, Map<string, PlacedDescriptor>>;
}

/** One run of the joined report, put together from the same run of every part. */
export class JoinedRun {
  readonly results: JsonObject[] = [];
  readonly #names: FileNames;
  readonly #driver: Component = { shell: {}, lists: new Map() };
  readonly #extensions = new Map<string, Component>();
  readonly #artifacts: JsonObject[] = [];
  readonly #artifactIndex = new Map<string, number>();
  readonly #loose = new Map<string, JsonObject>();
  readonly #notifications = new Map<string, Map<string, JsonObject>>();
  #shell: JsonObject | undefined;
  #hasInvocation = false;

  constructor(names: FileNames) {
    this.#names = names;
  }

  /** Artifacts of every part come before any result, which may point at one of another file. */
  addArtifacts(run: PartRun): void {
    for (const artifact of run.artifacts.filter(isObject)) {
      const key = locationKey(objectOr(artifact['location']));
      if (this.#artifactIndex.has(key)) continue;
      const place = this.#artifacts.length;
      this.#artifactIndex.set(key, place);
      this.#artifacts.push(this.#restoredArtifact(artifact, place));
    }
  }

  add(run: PartRun, isNewest: boolean): void {
    const places = this.#addComponents(run, isNewest);
    const visitor = new ReferencePlacer(places, this.#artifactIndex, this.#names);
    const place = (object: JsonValue): JsonObject => mapReferences(visitor.result(objectOr(object)), visitor);
    if (this.#shell === undefined || isNewest) this.#shell = run.shell;
    for (const result of run.results) this.results.push(place(result));
    for (const result of run.loose.map(place)) this.#loose.set(JSON.stringify(result), result);
    this.#addInvocation(run.invocation, place);
  }

  /** All but the results. */
  frame(): JsonObject {
    const shell = this.#shell ?? {};
    const frame: Record<string, JsonValue> = { ...without(shell, 'tool'), tool: this.#tool(objectOr(shell['tool'])) };
    if (shell['originalUriBaseIds'] !== undefined)
      frame['originalUriBaseIds'] = withBaseUris(shell['originalUriBaseIds'], (uri) => fromPortable(uri, this.#names));
    if (this.#hasInvocation) frame['invocations'] = [this.#invocation()];
    if (this.#artifacts.length > 0) frame['artifacts'] = this.#artifacts;
    // The tool first, as readers of a report expect.
    return { tool: frame['tool'] as JsonValue, ...frame };
  }

  *allResults(): Generator<JsonObject> {
    yield* this.results;
    yield* this.#loose.values();
  }

  #restoredArtifact(artifact: JsonObject, place: number): JsonObject {
    const location = withUri(objectOr(artifact['location']), (uri) => fromPortable(uri, this.#names));
    return { ...artifact, location: 'index' in location ? { ...location, index: place } : location };
  }

  /** Where each descriptor of the part stands in the joined run. */
  #addComponents(run: PartRun, isNewest: boolean): DescriptorPlace[] {
    const tool = objectOr(run.shell['tool']);
    if (isNewest || Object.keys(this.#driver.shell).length === 0) this.#driver.shell = objectOr(tool['driver']);
    const extensions = listOr(tool['extensions']);
    for (const shell of extensions) {
      const known = this.#extensions.get(componentIdentity(shell));
      if (known === undefined)
        this.#extensions.set(componentIdentity(shell), { shell: objectOr(shell), lists: new Map() });
      else if (isNewest) known.shell = objectOr(shell);
    }
    return run.descriptors.map(({ component, list, descriptor }) => {
      const identity = component < 0 ? DRIVER : componentIdentity(extensions[component] ?? null);
      const holder = this.#extensions.get(identity) ?? this.#driver;
      const known = holder.lists.get(list) ?? new Map<string, PlacedDescriptor>();
      holder.lists.set(list, known);
      const index = indexIn(known, descriptor);
      return { index, component: [...this.#extensions.keys()].indexOf(identity) };
    });
  }

  #addInvocation(invocation: JsonObject | null, place: (object: JsonValue) => JsonObject): void {
    if (invocation === null) return;
    this.#hasInvocation = true;
    for (const list of NOTIFICATION_LISTS)
      for (const notification of listOr(invocation[list]).map(place)) {
        const known = this.#notifications.get(list) ?? new Map<string, JsonObject>();
        this.#notifications.set(list, known.set(JSON.stringify(notification), notification));
      }
  }

  #invocation(): JsonObject {
    const lists = [...this.#notifications].map(([list, known]) => [list, [...known.values()]] as const);
    return { executionSuccessful: true, ...Object.fromEntries(lists) };
  }

  #tool(tool: JsonObject): JsonObject {
    const extensions = [...this.#extensions.values()].map(withLists);
    const joined = { ...tool, driver: withLists(this.#driver) };
    return isList(tool['extensions']) || extensions.length > 0 ? { ...joined, extensions } : joined;
  }
}

interface DescriptorPlace {
  /** Place in the component's list. */
  readonly index: number;
  /** Place in `tool.extensions`; -1 is the driver. */
  readonly component: number;
}

function indexIn(known: Map<string, PlacedDescriptor>, descriptor: JsonValue): number {
  const key = JSON.stringify(descriptor);
  const placed = known.get(key) ?? { index: known.size, descriptor };
  known.set(key, placed);
  return placed.index;
}

function withLists({ shell, lists }: Component): JsonObject {
  return {
    ...shell,
    ...Object.fromEntries(
      [...lists].map(([list, known]) => [list, [...known.values()].map(({ descriptor }) => descriptor)]),
    ),
  };
}

const locationKey = (location: JsonObject): string =>
  JSON.stringify([member(location, 'uri') ?? null, member(location, 'uriBaseId') ?? null]);

/** Writes the places that things have in the joined run. */
class ReferencePlacer implements ReferenceVisitor {
  readonly #places: readonly DescriptorPlace[];
  readonly #artifactIndex: ReadonlyMap<string, number>;
  readonly #names: FileNames;

  constructor(places: readonly DescriptorPlace[], artifactIndex: ReadonlyMap<string, number>, names: FileNames) {
    this.#places = places;
    this.#artifactIndex = artifactIndex;
    this.#names = names;
  }

  result(result: JsonObject): JsonObject {
    const place = this.#places[numberOr(result['ruleIndex'], -1)];
    return place === undefined ? result : { ...result, ruleIndex: place.index };
  }

  descriptor(reference: JsonObject): JsonObject {
    const place = this.#places[numberOr(reference['index'], -1)];
    if (place === undefined) return reference;
    const component = reference['toolComponent'];
    const hasIndex = isObject(component) && 'index' in component;
    const placed = { ...reference, index: place.index };
    return hasIndex ? { ...placed, toolComponent: { ...component, index: place.component } } : placed;
  }

  artifactLocation(location: JsonObject): JsonObject {
    const restored = withUri(location, (uri) => fromPortable(uri, this.#names));
    if (location['index'] !== KNOWN_ARTIFACT) return restored;
    const index = this.#artifactIndex.get(locationKey(location));
    return index === undefined ? without(restored, 'index') : { ...restored, index };
  }

  shared(object: JsonObject): JsonObject {
    return object;
  }
}
