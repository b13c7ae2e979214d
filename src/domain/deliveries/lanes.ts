/** Workers: at most six outgoing connections an invocation may wait for at once; a seventh's timeout would tick in a queue. */
const MAX_CONNECTIONS = 6;
/** So that a receiver that hangs leaves the other connections to the others. */
const MAX_RUNNING_IN_A_LANE = 2;

/** The connections of one invocation. Who finds none free waits for his turn. */
export class Connections {
  #free = MAX_CONNECTIONS;
  readonly #waiting: (() => void)[] = [];

  async use<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift(); // takes this connection over
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/**
 * Works through each lane in order: its first item alone, and then up to two at once. A receiver that hangs is found out
 * by that first item, and has cost the others one connection. `work` does not throw.
 */
export async function runInLanes<Item>(
  lanes: Iterable<readonly Item[]>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  await Promise.all(Array.from(lanes, (lane) => runLane(lane, work)));
}

async function runLane<Item>([first, ...others]: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  if (first === undefined) return;
  await work(first);
  const waiting = others.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(others.length, MAX_RUNNING_IN_A_LANE) }, worker));
}
