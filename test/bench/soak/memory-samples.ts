import { scheduler } from "node:timers/promises";
import { workerdMemory } from "../deliveries/memory.ts";
import type { Workerd } from "../history/workerd.ts";

export interface MemorySample {
  /** The bytes in the heap of the Worker's isolate after garbage collection. */
  heap: number;
  /** The memory of the workerd process, with D1 and the queues. Undefined if the system has no /proc. */
  process: number | undefined;
}

export interface Sampling {
  stop(): Promise<MemorySample[]>;
}

/** Takes a sample again and again, until it is stopped. */
export function sampleMemory(workerd: Workerd, everyMs: number): Sampling {
  const samples: MemorySample[] = [];
  const ended = new AbortController();
  const run = async () => {
    while (!ended.signal.aborted) {
      samples.push({ heap: await workerd.liveHeap(), process: await workerdMemory() });
      await scheduler.wait(everyMs, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    async stop() {
      ended.abort();
      await running;
      return samples;
    },
  };
}
