import { median, medianInterval } from "../median.ts";
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
  /** The interval in which the median of the times' ratios is, with a probability of 95 %. */
  timeInterval: [low: number, high: number];
  cpu: number;
}

interface Rounds {
  times: [own: number, other: number][];
  cpu: [own: number, other: number];
}

/**
 * Measures each turn on both sides until the time is up. Which side is first alternates. The first round is a warm-up,
 * and is not counted. A turn that the other side cannot do is left out.
 */
export async function compareInTurns<Job>(
  sides: [own: Side<Job>, other: Side<Job>],
  turns: Turn<Job>[],
  until: number,
): Promise<Comparison[]> {
  const all: { turn: Turn<Job>; rounds: Rounds }[] = [];
  for (const turn of turns) {
    if (await warmUp(turn, sides)) all.push({ turn, rounds: { times: [], cpu: [0, 0] } });
  }
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
  return all.map(({ turn, rounds }) => toComparison(turn.name, rounds));
}

/** Returns false if the other side cannot do the turn, for example because it is older than the turn. */
async function warmUp<Job>(turn: Turn<Job>, [own, other]: [own: Side<Job>, other: Side<Job>]): Promise<boolean> {
  await (
    await turn.prepare(own)
  )();
  try {
    await (
      await turn.prepare(other)
    )();
    return true;
  } catch (error) {
    console.warn(`Not compared: ${turn.name}. In the other work tree, ${String(error)}`);
    return false;
  }
}

function toComparison(name: string, { times, cpu }: Rounds): Comparison {
  const ratios = times.map(([own, other]) => own / other);
  return {
    name,
    rounds: times.length,
    time: median(ratios),
    timeInterval: medianInterval(ratios),
    cpu: cpu[0] / cpu[1],
  };
}
