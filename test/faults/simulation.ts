import { LATE_MS, noFaults, type Faults, type Kind, type Mode, type Point } from "./fault.ts";

/** One run of a consumer, of the sweep or of a request. */
export interface Invocation {
  name: string;
  startedAt: number;
  state: "running" | "ended" | "failed" | "dead";
  hasWaited: boolean;
  /**
   * True if the handler returned without an error. Its acknowledgements count, even if its background work fails later.
   */
  hasReturned: boolean;
  returnedAfterMs: number | undefined;
  /** The background work. */
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

/**
 * The number of microtask rounds after a response. After so many rounds, all code that follows the response has run,
 * until it waits for the next step.
 */
const TICKS = 100;

/**
 * The clock, and the steps that invocations wait for. One step happens at a time. This class chooses the step, so that
 * a run can be repeated. Time advances only if no step is due now.
 */
export class Simulation {
  now: number;
  readonly invocations: Invocation[] = [];
  readonly points: Point[] = [];
  /** When the last fault ended, or when the run began if there was no fault. */
  faultsEndAt: number;
  readonly #pick: (count: number) => number;
  #faults: Faults = noFaults;
  #steps: Step[] = [];
  #asked = 0;

  /** `pick` chooses the next of several steps. */
  constructor(now: number, pick: (count: number) => number) {
    this.now = now;
    this.faultsEndAt = now;
    this.#pick = pick;
  }

  /** From now on, points are numbered and can fail. */
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
      hasReturned: false,
      returnedAfterMs: undefined,
      background: [],
    };
    this.invocations.push(invocation);
    const end = (state: "ended" | "failed") => {
      if (invocation.state === "running") invocation.state = state;
    };
    const whole = async () => {
      await work(invocation);
      invocation.hasReturned = true;
      invocation.returnedAfterMs = this.now - invocation.startedAt;
      // Background work may add more background work.
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

  /** Resolves when the step was taken. Never resolves if the invocation has died. */
  async ask<Result>(
    by: Invocation,
    { kind, name, delayMs = 0 }: { kind: Kind; name: string; delayMs?: number },
    perform: () => Result | Promise<Result>,
  ): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const order = this.#asked++;
    const step = { kind, name, by, dueAt: this.now + delayMs, order, wasLate: false, perform, resolve, reject };
    if (by.state === "running") this.#steps.push(step);
    return (await promise) as Result; // resolved with the result of `perform`
  }

  /** Takes one of the steps that are due. Returns false if there is none. */
  async step(): Promise<boolean> {
    await this.#runMicrotasks();
    const due = this.#steps.filter(({ dueAt }) => dueAt <= this.now);
    const step = due[this.#pick(due.length)];
    if (step === undefined) return false;
    this.#steps = this.#steps.filter((other) => other !== step);
    await this.#take(step, step.wasLate ? undefined : this.#faults(this.#comeTo(step)));
    await this.#runMicrotasks();
    return true;
  }

  /** When the next step is due. Undefined if no invocation waits. */
  async nextDueAt(): Promise<number | undefined> {
    await this.#runMicrotasks();
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
    if (mode !== undefined) this.faultsEndAt = Math.max(this.faultsEndAt, this.now + (mode === "late" ? LATE_MS : 0));
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
        await performUnheard(step);
        return step.reject(connectionLost());
      case "late":
        this.#steps.push({ ...step, dueAt: this.now + LATE_MS, wasLate: true });
        return;
      case "dies before":
        step.by.state = "dead";
        return;
      case "dies after":
        await performUnheard(step);
        step.by.state = "dead";
    }
  }

  async #runMicrotasks(): Promise<void> {
    for (let tick = 0; tick < TICKS; tick++) await Promise.resolve();
    this.#steps = this.#steps.filter(({ by }) => by.state === "running").toSorted(byTimeAndOrder);
  }
}

/** Performs a step whose result is lost, even if it is an error. */
async function performUnheard({ perform }: Step): Promise<void> {
  try {
    await perform();
  } catch {
    // for example, a claim of a damaged row
  }
}

function byTimeAndOrder(one: Step, other: Step): number {
  return one.dueAt - other.dueAt || one.order - other.order;
}

/** An error with D1's own message. */
function connectionLost(): Error {
  return new Error("D1_ERROR: Network connection lost.");
}
