import type { JsonValue } from '../../../model/json.js';
import type { FileNames } from './file-names.js';
import { isObject, listOr, member, numberOr, objectOr, textOr, without, type JsonObject } from './json-shape.js';
import { KNOWN_ARTIFACT, componentIdentity, type UsedDescriptor } from './sarif-part.js';
import { toPortable, withUri } from './sarif-uri.js';
import type { DescriptorList, ReferenceVisitor, SharedList } from './sarif-walk.js';

/** Fills in what references point at, and lists the rules and notifications in use. */
export class ReferenceKeeper implements ReferenceVisitor {
  readonly descriptors: UsedDescriptor[] = [];
  readonly #run: JsonObject;
  readonly #names: FileNames;
  readonly #placeOf = new Map<string, number>();

  constructor(run: JsonObject, names: FileNames) {
    this.#run = run;
    this.#names = names;
  }

  /** A result may name its rule by `ruleId` and `ruleIndex` alone, which are members of its own. */
  result(given: JsonObject): JsonObject {
    // The joined run has one invocation.
    const result = isObject(given['provenance'])
      ? { ...given, provenance: without(given['provenance'], 'invocationIndex') }
      : given;
    if (!('ruleIndex' in result) && !('ruleId' in result)) return result;
    const found = this.#find(ruleReference(result), 'rules');
    if (found === undefined) return without(result, 'ruleIndex');
    const ruleId = result['ruleId'] ?? member(found.descriptor, 'id') ?? '';
    return 'ruleIndex' in result ? { ...result, ruleId, ruleIndex: found.place } : { ...result, ruleId };
  }

  descriptor(reference: JsonObject, list: DescriptorList): JsonObject {
    const found = this.#find(reference, list);
    if (found === undefined) return without(reference, 'index');
    return 'index' in reference ? { ...reference, index: found.place } : reference;
  }

  artifactLocation(location: JsonObject): JsonObject {
    const index = numberOr(location['index'], -1);
    const artifact = member(listOr(this.#run['artifacts'])[index], 'location');
    const filled = { ...without(objectOr(artifact), 'index'), ...without(location, 'index') };
    const portable = withUri(filled, (uri) => toPortable(uri, this.#names));
    return index >= 0 ? { ...portable, index: KNOWN_ARTIFACT } : portable;
  }

  artifact(artifact: JsonObject): JsonObject {
    const location = withUri(objectOr(artifact['location']), (uri) => toPortable(uri, this.#names));
    return { ...artifact, location: 'index' in location ? { ...location, index: KNOWN_ARTIFACT } : location };
  }

  shared(object: JsonObject, list: SharedList): JsonObject {
    const index = object['index'];
    const shared = typeof index === 'number' ? listOr(this.#run[list])[index] : undefined;
    return without({ ...objectOr(shared), ...object }, 'index', 'parentIndex');
  }

  #find(reference: JsonObject, list: DescriptorList): { place: number; descriptor: JsonValue } | undefined {
    const component = this.#component(reference['toolComponent']);
    const holder =
      component < 0 ? member(this.#run['tool'], 'driver') : listOr(member(this.#run['tool'], 'extensions'))[component];
    const known = listOr(member(holder, list));
    const descriptor = known[numberOr(reference['index'], -1)] ?? byId(known, textOr(reference['id'], ''));
    if (descriptor === undefined) return undefined;
    const key = JSON.stringify([component, list, member(descriptor, 'id') ?? null, known.indexOf(descriptor)]);
    const place = this.#placeOf.get(key) ?? this.descriptors.push({ component, list, descriptor }) - 1;
    this.#placeOf.set(key, place);
    return { place, descriptor };
  }

  /** Index in `tool.extensions`; -1 is the driver, which is meant where nothing is said. */
  #component(reference: JsonValue | undefined): number {
    const extensions = listOr(member(this.#run['tool'], 'extensions'));
    const index = numberOr(member(reference, 'index'), -1);
    if (index >= 0 && index < extensions.length) return index;
    if (!isObject(reference)) return -1;
    const wanted = componentIdentity(reference);
    const { name, guid } = reference;
    return extensions.findIndex(
      (extension) =>
        componentIdentity(extension) === wanted ||
        (guid !== undefined && member(extension, 'guid') === guid) ||
        (name !== undefined && member(extension, 'name') === name),
    );
  }
}

function ruleReference(result: JsonObject): JsonObject {
  const rule = objectOr(result['rule']);
  return {
    ...rule,
    index: rule['index'] ?? result['ruleIndex'] ?? -1,
    id: rule['id'] ?? result['ruleId'] ?? '',
  };
}

/** `CA1000/1` is a finer name of the rule `CA1000` (3.27.5). */
function byId(known: readonly JsonValue[], id: string): JsonValue | undefined {
  for (let wanted = id; wanted !== ''; wanted = wanted.slice(0, Math.max(0, wanted.lastIndexOf('/')))) {
    const found = known.find((descriptor) => member(descriptor, 'id') === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
