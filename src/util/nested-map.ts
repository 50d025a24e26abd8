/** The map that `map` has for `name`; a new one where it has none. */
export function inner<V>(map: Map<string, Map<string, V>>, name: string): Map<string, V> {
  let value = map.get(name);
  if (value === undefined) map.set(name, (value = new Map<string, V>()));
  return value;
}
