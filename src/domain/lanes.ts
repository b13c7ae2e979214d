/** Workers: at most six outgoing connections an invocation may wait for at once; a seventh's timeout would tick in a queue. */
const MAX_RUNNING = 6;
/** So that a receiver that hangs leaves the other connections to the others. */
const MAX_RUNNING_IN_A_LANE = 2;

/** Works through `items`, up to six at once and up to two of one lane. `work` does not throw. */
export async function runInLanes<Item>(
  items: readonly Item[],
  laneOf: (item: Item) => number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const running = new Map<number, number>();
  const count = (lane: number, change: number) => running.set(lane, (running.get(lane) ?? 0) + change);

  // A worker that finds only full lanes may stop: the workers in those lanes take what waits there.
  const worker = async () => {
    for (;;) {
      const index = waiting.findIndex((item) => (running.get(laneOf(item)) ?? 0) < MAX_RUNNING_IN_A_LANE);
      const [item] = index < 0 ? [] : waiting.splice(index, 1);
      if (item === undefined) return;
      count(laneOf(item), 1);
      await work(item);
      count(laneOf(item), -1);
    }
  };
  await Promise.all(Array.from({ length: MAX_RUNNING }, worker));
}
