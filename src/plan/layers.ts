/**
 * The order in which analyzers run: those whose results others use come first. Analyzers of one layer do not wait for each other, but for
 * those that use each other in a circle, or themselves, which share one.
 * @param usesOf ids of the analyzers that one uses; unknown ids are ignored.
 * @returns layers of ids, each sorted.
 */
export function layersOf(ids: readonly string[], usesOf: (id: string) => readonly string[]): string[][] {
  const known = new Set(ids);
  const reached = new Map(ids.map((id) => [id, reachableFrom(id, usesOf, known)]));
  const layers: string[][] = [];
  const placed = new Set<string>();
  while (placed.size < ids.length) {
    // Ready: all that it uses, directly or not, is placed, or uses it in turn.
    const isReady = (id: string): boolean =>
      [...(reached.get(id) ?? [])].every(
        (used) => placed.has(used) || reached.get(used)?.has(id) === true || used === id,
      );
    const layer = ids.filter((id) => !placed.has(id) && isReady(id)).sort();
    for (const id of layer) placed.add(id);
    layers.push(layer);
  }
  return layers;
}

function reachableFrom(
  start: string,
  usesOf: (id: string) => readonly string[],
  known: ReadonlySet<string>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const next = [start];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    for (const used of usesOf(id)) {
      if (!known.has(used) || reached.has(used)) continue;
      reached.add(used);
      next.push(used);
    }
  }
  return reached;
}
