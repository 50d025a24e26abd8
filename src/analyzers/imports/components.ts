/** A node of a graph whose components are found as they are asked for. */
export interface GraphNode<Node> {
  readonly targets: readonly Node[];
  /** Undefined until it is known; then it is final, and so are those of all nodes that are reached. */
  component: Component<Node> | undefined;
}

/** Nodes that reach each other, and the components that they lead to. */
export interface Component<Node> {
  readonly members: readonly Node[];
  readonly targets: ReadonlySet<Component<Node>>;
}

interface Visit<Node> {
  readonly node: Node;
  readonly index: number;
  low: number;
  next: number;
}

/**
 * The component of `start`; those of all nodes that it reaches are set as well. Each node is visited once over all calls, without recursion.
 * Source: Tarjan, "Depth-first search and linear graph algorithms", 1972.
 */
export function condense<Node extends GraphNode<Node>>(start: Node): Component<Node> {
  const visits = new Map<Node, Visit<Node>>();
  const stack: Visit<Node>[] = [];
  const open = (node: Node): Visit<Node> => {
    const visit = { node, index: visits.size, low: visits.size, next: 0 };
    visits.set(node, visit);
    stack.push(visit);
    return visit;
  };
  if (start.component !== undefined) return start.component;
  const path = [open(start)];
  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const target = visit.node.targets[visit.next++];
    if (target === undefined) {
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) parent.low = Math.min(parent.low, visit.low);
      if (visit.low === visit.index) close(visit, stack);
    } else if (target.component === undefined) {
      const seen = visits.get(target);
      if (seen === undefined) path.push(open(target));
      else visit.low = Math.min(visit.low, seen.index);
    }
  }
  return start.component as unknown as Component<Node>;
}

/** Takes the component that `first` was the first of off the stack. */
function close<Node extends GraphNode<Node>>(first: Visit<Node>, stack: Visit<Node>[]): void {
  const members = stack.splice(stack.lastIndexOf(first)).map(({ node }) => node);
  const targets = new Set<Component<Node>>();
  const component = { members, targets };
  for (const node of members) node.component = component;
  for (const node of members)
    for (const target of node.targets)
      if (target.component !== undefined && target.component !== component) targets.add(target.component);
}

/** A map, possibly one that holds more than that. */
export interface Memo<Key, Value> {
  get(key: Key): Value | undefined;
  has(key: Key): boolean;
  set(key: Key, value: Value): unknown;
}

/**
 * The value of `start`, made from the values of the components that it leads to. Each component is asked for once over all calls that share
 * `memo`, and nothing is recursive.
 */
export function fold<Node, Value>(
  start: Component<Node>,
  memo: Memo<Component<Node>, Value>,
  valueOf: (component: Component<Node>, ofTarget: (target: Component<Node>) => Value) => Value,
): Value {
  const ofTarget = (target: Component<Node>): Value => memo.get(target) as Value;
  const path = memo.has(start) ? [] : [{ component: start, targets: start.targets.values() }];
  for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
    const target = visit.targets.next();
    if (target.done === true) {
      memo.set(visit.component, valueOf(visit.component, ofTarget));
      path.pop();
    } else if (!memo.has(target.value)) path.push({ component: target.value, targets: target.value.targets.values() });
  }
  return ofTarget(start);
}
