/**
 * Where SARIF 2.1.0 refers to something by its place in a list of the run. A report that is taken apart and joined again has other
 * lists, so every reference is visited. Source: OASIS SARIF 2.1.0, section 3 (the numbers in comments).
 */
import type { JsonValue } from '../../../model/json.js';
import { isList, isObject, type JsonObject } from './json-shape.js';

export interface ReferenceVisitor {
  /** 3.4: a file. */
  artifactLocation(location: JsonObject): JsonObject;
  /** 3.52: a rule or a notification, by its place in a component's list of that name. */
  descriptor(reference: JsonObject, list: DescriptorList): JsonObject;
  /** 3.33, 3.38, 3.46, 3.47: an object that may stand in a list of the run, of that name, instead of at its place. */
  shared(object: JsonObject, list: SharedList): JsonObject;
}

export const DESCRIPTOR_LISTS = ['rules', 'notifications'] as const;
export type DescriptorList = (typeof DESCRIPTOR_LISTS)[number];

export const SHARED_LISTS = ['logicalLocations', 'threadFlowLocations', 'webRequests', 'webResponses'] as const;
export type SharedList = (typeof SHARED_LISTS)[number];

/** A copy of a result, a notification or an artifact in which every reference is what the visitor makes of it. */
export function mapReferences(value: JsonObject, visitor: ReferenceVisitor): JsonObject {
  return mapObject(value, '', '', visitor);
}

function map(value: JsonValue, name: string, parent: string, visitor: ReferenceVisitor): JsonValue {
  if (isList(value)) return value.map((item) => map(item, name, parent, visitor));
  return isObject(value) ? mapObject(value, name, parent, visitor) : value;
}

function mapObject(object: JsonObject, name: string, parent: string, visitor: ReferenceVisitor): JsonObject {
  // A property bag is the tool's own.
  if (name === 'properties') return object;
  const here = visited(object, name, parent, visitor);
  const members = Object.entries(here).map(([key, value]) => [key, map(value, key, name, visitor)] as const);
  return Object.fromEntries(members);
}

function visited(object: JsonObject, name: string, parent: string, visitor: ReferenceVisitor): JsonObject {
  switch (name) {
    case 'artifactLocation':
    case 'analysisTarget':
      return visitor.artifactLocation(object);
    case 'rule':
    case 'associatedRule':
      return visitor.descriptor(object, 'rules');
    case 'descriptor':
      return visitor.descriptor(object, 'notifications');
    case 'logicalLocation':
    case 'logicalLocations':
      return visitor.shared(object, 'logicalLocations');
    case 'webRequest':
      return visitor.shared(object, 'webRequests');
    case 'webResponse':
      return visitor.shared(object, 'webResponses');
    case 'locations':
      return parent === 'threadFlows' ? visitor.shared(object, 'threadFlowLocations') : object;
    default:
      return object;
  }
}
