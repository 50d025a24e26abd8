/**
 * Values of `work` for each item, in the order in which they come, with at most `parallel` at the same time; they are begun in order. Whoever
 * stops early, by an error or by leaving the loop, waits until all that were begun have ended.
 */
export async function* asCompleted<Item, Value>(
  items: readonly Item[],
  parallel: number,
  work: (item: Item) => Promise<Value>,
): AsyncGenerator<Value> {
  const running = new Map<number, Promise<{ readonly index: number; readonly value: Value }>>();
  let next = 0;
  const begin = (): void => {
    const index = next++;
    running.set(
      index,
      work(items[index] as Item).then((value) => ({ index, value })),
    );
  };
  try {
    for (;;) {
      while (running.size < parallel && next < items.length) begin();
      if (running.size === 0) return;
      const { index, value } = await Promise.race(running.values());
      running.delete(index);
      yield value;
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}
