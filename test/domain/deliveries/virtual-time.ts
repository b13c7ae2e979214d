import type { World } from "./world.ts";

interface Timer {
  at: number;
  resolve: () => void;
}

interface VirtualTime {
  /** Returns the times at which messages were sent, in seconds after the first one. */
  (): number[];
  /** Waits, for a receiver that responds slowly. The clock may advance during this wait. */
  rest: (milliseconds: number) => Promise<void>;
}

/**
 * Makes waits take no real time. When everything in the world is waiting, its clock advances to the end of the wait
 * that ends first.
 */
export function inVirtualTime(world: World): VirtualTime {
  const { context } = world;
  const { fetch, now, db } = context;
  const sentAt: number[] = [];
  let timers: Timer[] = [];
  let working = 0;
  let isRunning = false;

  const atWork = async <Result>(work: Promise<Result>): Promise<Result> => {
    working += 1;
    return work.finally(() => (working -= 1));
  };

  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    for (let idle = 0; timers.length > 0; idle = working > 0 ? 0 : idle + 1) {
      await scheduler.wait(0);
      if (idle < 3) continue; // work that has just ended may begin other work
      const [first, ...others] = timers.toSorted((one, other) => one.at - other.at);
      timers = others;
      idle = 0;
      if (first === undefined) continue;
      if (first.at > now()) world.elapse((first.at - now()) / 1000);
      first.resolve();
    }
    isRunning = false;
  };

  context.db = { ...db, batch: (statements) => atWork(db.batch(statements)) };
  context.fetch = (input, init) => {
    sentAt.push(now());
    return atWork(fetch(input, init));
  };
  context.wait = (milliseconds, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = { at: now() + milliseconds, resolve };
    timers.push(timer);
    signal?.addEventListener("abort", () => {
      timers = timers.filter((other) => other !== timer);
      resolve();
    });
    void run();
    return promise;
  };
  const rest = async (milliseconds: number) => {
    working -= 1;
    await context.wait(milliseconds);
    working += 1;
  };
  return Object.assign(() => sentAt.map((time) => (time - (sentAt[0] ?? 0)) / 1000), { rest });
}
