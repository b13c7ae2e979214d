/** Workers: at most six outgoing connections an invocation may wait for at once. The queue's `sendBatch` needs the sixth. */
const MAX_CONNECTIONS = 5;
/** While other projects wait. */
const MAX_CONNECTIONS_OF_A_PROJECT = 2;
/** So that a receiver that hangs leaves the other connections to the others. */
const MAX_RUNNING_IN_A_LANE = 2;

/** The right to a connection for one piece of work, from when it is known that there will be such work. */
export interface Place {
  /** Waits for the connection. Undefined where the place was left before. */
  use<Result>(work: () => Promise<Result>): Promise<Result | undefined>;
  /** Nobody waits for a connection here any more. Changes nothing once it is in use. */
  leave(): void;
}

interface Share {
  inUse: number;
  /** Places that are neither in use nor left. */
  unused: number;
  /** Those of them that could begin at once. */
  waiting: Set<() => void>;
}

/**
 * The connections of one invocation. Projects take turns, and none holds more than two while another has work that has
 * not begun, even if that work waits for something else just now: a connection may be held for a whole timeout.
 */
export class Connections {
  #free = MAX_CONNECTIONS;
  #unused = 0;
  /** By project, the one whose turn is next first. */
  readonly #shares = new Map<string, Share>();

  place(project: string): Place {
    const share = this.#shareOf(project);
    const { promise: turn, resolve } = Promise.withResolvers<boolean>();
    let isOpen = true;
    const close = (hasTurn: boolean) => {
      isOpen = false;
      share.unused -= 1;
      this.#unused -= 1;
      share.waiting.delete(begin);
      resolve(hasTurn);
    };
    const begin = () => {
      share.inUse += 1;
      this.#free -= 1;
      close(true);
    };
    share.unused += 1;
    this.#unused += 1;
    return {
      use: async (work) => {
        if (isOpen) share.waiting.add(begin);
        this.#grant();
        if (!(await turn)) return undefined;
        try {
          return await work();
        } finally {
          share.inUse -= 1;
          this.#free += 1;
          this.#grant();
        }
      },
      leave: () => {
        if (!isOpen) return;
        close(false);
        this.#grant();
      },
    };
  }

  #shareOf(project: string): Share {
    const share = this.#shares.get(project) ?? { inUse: 0, unused: 0, waiting: new Set() };
    this.#shares.set(project, share);
    return share;
  }

  #grant(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) next();
  }

  /** The next to begin, if any may; its project's next turn comes after those of all others. */
  #next(): (() => void) | undefined {
    if (this.#free === 0) return undefined;
    for (const [project, share] of this.#shares) {
      const [first] = share.waiting;
      if (first === undefined || !this.#mayHaveAnother(share)) continue;
      this.#shares.delete(project);
      this.#shares.set(project, share);
      return first;
    }
    return undefined;
  }

  #mayHaveAnother({ inUse, unused }: Share): boolean {
    const doOthersWait = this.#unused > unused;
    return inUse < MAX_CONNECTIONS_OF_A_PROJECT || !doOthersWait;
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
