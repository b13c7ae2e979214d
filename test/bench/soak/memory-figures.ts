import type { Figure } from "../figures.ts";
import { median } from "../median.ts";
import type { MemorySample } from "./memory-samples.ts";

/** More than what is in flight at one time and not at another. */
const MAX_GROWTH = 1.5;

/** Figures of the last fifth of the samples, compared with the second one. */
export function memoryFigures(memory: MemorySample[]): Figure[] {
  const fifth = Math.ceil(memory.length / 5);
  const growth = (name: string, bytesOf: (sample: MemorySample) => number): Figure & { ratio: number } => {
    const bytes = memory.map(bytesOf);
    const [early, late] = [median(bytes.slice(fifth, 2 * fifth)), median(bytes.slice(-fifth))];
    return { name, measured: megabytes(late), floor: megabytes(early), ratio: late / early };
  };
  const heap = growth("heap of the Worker without garbage, at the end and early (floor)", (sample) => sample.heap);
  const hasProcess = memory.every((sample) => sample.process !== undefined);
  return [
    { ...heap, aim: `≤ ${MAX_GROWTH}`, isMet: heap.ratio <= MAX_GROWTH },
    ...(hasProcess ? [growth("  memory of workerd, with D1 and the queues", (sample) => sample.process ?? NaN)] : []),
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
