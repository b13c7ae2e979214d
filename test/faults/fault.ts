/** What an invocation can wait for: a round trip to D1, a call to R2, a `sendBatch`, a request to a receiver, time. */
export type Kind = "d1" | "bucket" | "queue" | "fetch" | "wait";

/** Something that an invocation waits for. Points are numbered from 1 in the order in which the run comes to them. */
export interface Point {
  number: number;
  kind: Kind;
  name: string;
  /** The name of the invocation that waits. */
  by: string;
  now: number;
  /** True if it is the first point of its invocation. */
  isFirst: boolean;
}

/**
 * `refused`: the call fails and has no effect. `lost`: the call has its effect, but its response is lost. `late`: the
 * call takes effect when every lease has expired. The other modes end the invocation, which gets no more responses.
 */
export type Mode = "refused" | "lost" | "late" | "dies before" | "dies after";

/** Returns how a point fails, or undefined if it does not. */
export type Faults = (point: Point) => Mode | undefined;

/**
 * The delay of a `late` call. It is longer than a lease. When the call takes effect, the consumer that the next sweep
 * has started is already running.
 */
export const LATE_MS = 58_500;

export const noFaults: Faults = () => undefined;

export function faultAt(number: number, mode: Mode): Faults {
  return (point) => (point.number === number ? mode : undefined);
}

/** From this point on, the next calls of D1 fail. */
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
 * The ways in which a point can fail. "dies before" is only for the first point of an invocation, because for another
 * point it would be the same as "dies after" for the previous point.
 */
export function modesAt({ kind, isFirst }: Point): readonly Mode[] {
  return MODES[kind].filter((mode) => mode !== "dies before" || isFirst);
}

/** Until a time, each point fails with the probability `rate`. All ways of failing are equally likely. */
export function faultsByChance(random: () => number, rate: number, until: number): Faults {
  return (point) => {
    if (point.now >= until || random() >= rate) return undefined;
    const modes = modesAt(point);
    return modes[Math.floor(random() * modes.length)];
  };
}
