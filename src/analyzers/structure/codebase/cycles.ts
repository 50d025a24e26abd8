import { byCodeUnit } from '../../../util/paths.js';

interface Visit {
  readonly index: number;
  low: number;
  onStack: boolean;
}

/**
 * Groups of two or more nodes that reach each other, each sorted, sorted by their first member. Linear and without recursion.
 * Source: Tarjan, "Depth-first search and linear graph algorithms", 1972.
 */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const visits = new Map<string, Visit>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  for (const start of graph.keys()) if (!visits.has(start)) explore(start, graph, visits, stack, cycles);
  return cycles.sort(([a = ''], [b = '']) => byCodeUnit(a, b));
}

interface Step {
  readonly node: string;
  readonly visit: Visit;
  readonly targets: readonly string[];
  next: number;
}

function explore(
  start: string,
  graph: ReadonlyMap<string, readonly string[]>,
  visits: Map<string, Visit>,
  stack: string[],
  cycles: string[][],
): void {
  const open = (node: string): Step => {
    const visit: Visit = { index: visits.size, low: visits.size, onStack: true };
    visits.set(node, visit);
    stack.push(node);
    return { node, visit, targets: graph.get(node) ?? [], next: 0 };
  };
  const path: Step[] = [open(start)];
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    const target = step.targets[step.next++];
    if (target === undefined) {
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) parent.visit.low = Math.min(parent.visit.low, step.visit.low);
      if (step.visit.low === step.visit.index) close(step.node, visits, stack, cycles);
      continue;
    }
    const seen = visits.get(target);
    if (seen === undefined) path.push(open(target));
    else if (seen.onStack) step.visit.low = Math.min(step.visit.low, seen.index);
  }
}

/** Takes the group that `root` was the first of off the stack. */
function close(root: string, visits: ReadonlyMap<string, Visit>, stack: string[], cycles: string[][]): void {
  const group: string[] = [];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const visit = visits.get(node);
    if (visit !== undefined) visit.onStack = false;
    group.push(node);
    if (node === root) break;
  }
  if (group.length > 1) cycles.push(group.sort(byCodeUnit));
}
