import { median } from "../median.ts";
import type { Side } from "./side.ts";

/** Work that both sides do. */
export interface Turn<Job> {
  name: string;
  /**
   * Prepares the work on a side. Returns the measured part of the work, which returns how many milliseconds it took.
   */
  prepare: (side: Side<Job>) => Promise<() => Promise<number>>;
}

/** Ratios of this side to the other. Below 1, this side takes less. */
export interface Comparison {
  name: string;
  rounds: number;
  time: number;
  cpu: number;
}

interface Rounds {
  times: [own: number, other: number][];
  cpu: [own: number, other: number];
}

/**
 * Measures each turn on both sides until the time is up. Which side is first alternates. The first round is a warm-up,
 * and is not counted.
 */
export async function compareInTurns<Job>(
  sides: [own: Side<Job>, other: Side<Job>],
  turns: Turn<Job>[],
  until: number,
): Promise<Comparison[]> {
  const all = turns.map((turn) => ({ turn, rounds: { times: [], cpu: [0, 0] } as Rounds }));
  for (const { turn } of all) for (const side of sides) await (await turn.prepare(side))();
  for (let round = 0; round === 0 || Date.now() < until; round++) {
    for (const { turn, rounds } of all) {
      const order = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
      const times: [number, number] = [0, 0];
      for (const index of order) {
        const work = await turn.prepare(sides[index]);
        const before = await sides[index].cpu();
        times[index] = await work();
        rounds.cpu[index] += (await sides[index].cpu()) - before;
      }
      rounds.times.push(times);
    }
  }
  return all.map(({ turn, rounds }) => ({
    name: turn.name,
    rounds: rounds.times.length,
    time: median(rounds.times.map(([own, other]) => own / other)),
    cpu: rounds.cpu[0] / rounds.cpu[1],
  }));
}
