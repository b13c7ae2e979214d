import { LATE_MS, noFaults, type Faults, type Kind, type Mode, type Point } from "./fault.ts";

/** One run of a consumer, a sweep, a request. */
export interface Invocation {
  name: string;
  startedAt: number;
  state: "running" | "ended" | "failed" | "dead";
  hasWaited: boolean;
  /** Whether its handler has ended well: what it said counts, whatever becomes of its background. */
  hasAnswered: boolean;
  answeredAfterMs: number | undefined;
  /** What goes on after the answer. */
  background: Promise<unknown>[];
}

interface Step extends Pick<Point, "kind" | "name"> {
  by: Invocation;
  dueAt: number;
  order: number;
  wasLate: boolean;
  perform: () => unknown;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** Microtasks: whatever follows from an answer has then happened, for it waits for nothing but steps. */
const TICKS = 100;

/**
 * Time, and everything that is waited for: nothing happens but one step at a time, chosen here, so that a run is the
 * same each time. Time passes only when there is nothing to do at the present.
 */
export class Simulation {
  now: number;
  readonly invocations: Invocation[] = [];
  readonly points: Point[] = [];
  readonly #pick: (count: number) => number;
  #faults: Faults = noFaults;
  #steps: Step[] = [];
  #asked = 0;

  /** `pick` chooses which of several steps is next. */
  constructor(now: number, pick: (count: number) => number) {
    this.now = now;
    this.#pick = pick;
  }

  /** From now on points are numbered, and fail. */
  arm(faults: Faults): void {
    this.points.length = 0;
    this.#faults = faults;
  }

  invoke(name: string, work: (invocation: Invocation) => Promise<unknown>): Invocation {
    const invocation: Invocation = {
      name,
      startedAt: this.now,
      state: "running",
      hasWaited: false,
      hasAnswered: false,
      answeredAfterMs: undefined,
      background: [],
    };
    this.invocations.push(invocation);
    const end = (state: "ended" | "failed") => {
      if (invocation.state === "running") invocation.state = state;
    };
    const whole = async () => {
      await work(invocation);
      invocation.hasAnswered = true;
      invocation.answeredAfterMs = this.now - invocation.startedAt;
      // What goes on in the background may leave more there.
      for (let awaited = 0; awaited < invocation.background.length;) {
        awaited = invocation.background.length;
        await Promise.all(invocation.background);
      }
    };
    whole().then(
      () => end("ended"),
      () => end("failed"),
    );
    return invocation;
  }

  /** Answers when its time has come. The answer to who has died never comes. */
  async ask<Result>(
    by: Invocation,
    { kind, name, delayMs = 0 }: { kind: Kind; name: string; delayMs?: number },
    perform: () => Result | Promise<Result>,
  ): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const order = this.#asked++;
    const step = { kind, name, by, dueAt: this.now + delayMs, order, wasLate: false, perform, resolve, reject };
    if (by.state === "running") this.#steps.push(step);
    return (await promise) as Result; // resolved with what `perform` gave
  }

  /** Takes one of the steps that are due; answers whether there was one. */
  async step(): Promise<boolean> {
    await this.#calm();
    const due = this.#steps.filter(({ dueAt }) => dueAt <= this.now);
    const step = due[this.#pick(due.length)];
    if (step === undefined) return false;
    this.#steps = this.#steps.filter((other) => other !== step);
    await this.#take(step, step.wasLate ? undefined : this.#faults(this.#comeTo(step)));
    await this.#calm();
    return true;
  }

  /** When something is due next; undefined where nobody waits for anything. */
  async nextDueAt(): Promise<number | undefined> {
    await this.#calm();
    return this.#steps.length === 0 ? undefined : Math.min(...this.#steps.map(({ dueAt }) => dueAt));
  }

  #comeTo({ kind, name, by }: Step): Point {
    const { now, points } = this;
    const point = { number: points.length + 1, kind, name, by: by.name, now, isFirst: !by.hasWaited };
    by.hasWaited = true;
    points.push(point);
    return point;
  }

  async #take(step: Step, mode: Mode | undefined): Promise<void> {
    switch (mode) {
      case undefined:
        try {
          step.resolve(await step.perform());
        } catch (error) {
          step.reject(error instanceof Error ? error : new Error(String(error)));
        }
        return;
      case "refused":
        return step.reject(connectionLost());
      case "lost":
        await step.perform();
        return step.reject(connectionLost());
      case "late":
        this.#steps.push({ ...step, dueAt: this.now + LATE_MS, wasLate: true });
        return;
      case "dies before":
        step.by.state = "dead";
        return;
      case "dies after":
        await step.perform();
        step.by.state = "dead";
    }
  }

  async #calm(): Promise<void> {
    for (let tick = 0; tick < TICKS; tick++) await Promise.resolve();
    this.#steps = this.#steps.filter(({ by }) => by.state === "running").toSorted(byTimeAndOrder);
  }
}

function byTimeAndOrder(one: Step, other: Step): number {
  return one.dueAt - other.dueAt || one.order - other.order;
}

/** As D1 says it. */
function connectionLost(): Error {
  return new Error("D1_ERROR: Network connection lost.");
}
