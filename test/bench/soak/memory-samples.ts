import { workerdMemory } from "../deliveries/memory.ts";

const EVERY_MS = 1000;

export interface Samples {
  /** Returns the samples. There are none if the system has no /proc. */
  stop(): number[];
}

export function sampleMemory(): Samples {
  const samples: number[] = [];
  const timer = setInterval(() => {
    void workerdMemory().then((bytes) => bytes !== undefined && samples.push(bytes));
  }, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}
