/** What an invocation can wait for: a round trip to D1, a call to R2, a `sendBatch`, a request to a receiver, time. */
export type Kind = "d1" | "bucket" | "queue" | "fetch" | "wait";

/** Something that an invocation waits for, numbered from 1 in the order in which a run came to them. */
export interface Point {
  number: number;
  kind: Kind;
  name: string;
  /** Who waits. */
  by: string;
  now: number;
  /** Whether nothing came before it in its invocation. */
  isFirst: boolean;
}

/**
 * `refused`: it fails and was never carried out. `lost`: it was carried out, and its answer fails. `late`: it is carried
 * out so late that every lease of its time has run out. The deaths end the invocation: it hears of nothing any more.
 */
export type Mode = "refused" | "lost" | "late" | "dies before" | "dies after";

/** Which points fail, and how. */
export type Faults = (point: Point) => Mode | undefined;

/** More than a lease: what is late by so much after three seconds meets the consumer that the next sweep has called. */
export const LATE_MS = 58_500;

export const noFaults: Faults = () => undefined;

export function faultAt(number: number, mode: Mode): Faults {
  return (point) => (point.number === number ? mode : undefined);
}

/** From a point on, D1 is away for so many calls. */
export function outageFrom(number: number, calls: number): Faults {
  let left = calls;
  return (point) => (point.kind === "d1" && point.number >= number && left-- > 0 ? "refused" : undefined);
}

const MODES: Record<Kind, readonly Mode[]> = {
  d1: ["refused", "lost", "late", "dies before", "dies after"],
  bucket: ["refused", "lost", "late", "dies before", "dies after"],
  queue: ["refused", "lost", "dies before", "dies after"],
  fetch: ["refused", "lost", "dies before", "dies after"],
  wait: ["dies before", "dies after"],
};

/**
 * All that can go wrong at a point, as far as it makes a difference: to die before something is to die after what came
 * before it.
 */
export function modesAt({ kind, isFirst }: Point): readonly Mode[] {
  return MODES[kind].filter((mode) => mode !== "dies before" || isFirst);
}

/** Each point fails with a chance of `rate`, until a time; how, is chosen evenly. */
export function faultsByChance(random: () => number, rate: number, until: number): Faults {
  return (point) => {
    if (point.now >= until || random() >= rate) return undefined;
    const modes = modesAt(point);
    return modes[Math.floor(random() * modes.length)];
  };
}
