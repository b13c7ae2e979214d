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

/** Works through each lane in order, up to two items of it at once. `work` does not throw. */
export async function runInLanes<Item>(
  lanes: Iterable<readonly Item[]>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const workers = [...lanes].flatMap((lane) => {
    const waiting = lane.values();
    const worker = async () => {
      for (const item of waiting) await work(item);
    };
    return Array.from({ length: Math.min(lane.length, MAX_RUNNING_IN_A_LANE) }, worker);
  });
  await Promise.all(workers);
}
