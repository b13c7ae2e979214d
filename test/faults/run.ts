import { consumeDeadLetters } from "../../src/queue/consume-dead-letters.ts";
import { consumeDeliveries } from "../../src/queue/consume-deliveries.ts";
import { consumeLog } from "../../src/queue/consume-log.ts";
import type { Context } from "../../src/context.ts";
import { sweep } from "../../src/domain/sweep.ts";
import { BackgroundSlots } from "../../src/domain/deliveries/background-slots.ts";
import { forgetEverything } from "../support/tables.ts";
import { ContextFactory } from "./context-factory.ts";
import type { Faults, Point } from "./fault.ts";
import { forgetSightings, logViolations } from "./log-watch.ts";
import { seededRandom } from "./random.ts";
import { Receivers, type Receipt } from "./receivers.ts";
import { putSubscriptions, startOfTime, type Action, type Scenario } from "./scenario.ts";
import { Simulation, type Invocation } from "./simulation.ts";
import { reliable, Transport } from "./transport.ts";
import { clearSeen, nextSweepAt, readStored, type Stored } from "./snapshots.ts";

const MINUTE_MS = 60_000;
const REPEAT_AFTER_MS = 10_000;
/** This time is longer than any lease. */
const LONG_MS = 10 * MINUTE_MS;
/** A run that needs more sweeps than this does not end. */
const MAX_SWEEPS = 100;
const MAX_POINTS = 5000;
/** A delivery that waits longer than this counts as lost. */
const MAX_MS = 24 * 60 * MINUTE_MS;

/** The state after a run, when nothing is left to do. */
export interface Outcome {
  points: Point[];
  receipts: Receipt[];
  stored: Stored;
  /** Descriptions of what is wrong with the log. Empty without a log. */
  logViolations: string[];
  invocations: Invocation[];
  /** The names of the actions that succeeded. */
  succeeded: string[];
  isAtRest: boolean;
  /** When the sweeps began. */
  sweptAt: number[];
  /** When the last fault was over. The faults of the queues count too. */
  faultsEndAt: number;
  /** The deliveries that still count as background work long after the run ended. */
  backgroundSlots: number;
}

export interface Plan {
  faults: Faults;
  /** Decides the faults of the queues and, with `isShuffled`, the order of steps that are due at the same time. */
  seed: number;
  isShuffled?: boolean;
}

/**
 * Runs a scenario until nothing is left to do, with the real verbs, consumers and sweep on a real local D1. The clock,
 * the queues and the receivers are simulated, and each call that an invocation waits for can fail.
 */
export async function run(scenario: Scenario, { faults, seed, isShuffled = false }: Plan): Promise<Outcome> {
  await forgetEverything();
  await clearSeen();
  forgetSightings();
  const random = seededRandom(seed);
  const pick = isShuffled ? (count: number) => Math.floor(random() * count) : () => 0;
  const simulation = new Simulation(startOfTime, pick);
  const queue = { ...reliable, ...scenario.queue };
  const transport = new Transport(() => simulation.now, random, queue);
  const world = new World(scenario, simulation, transport);
  await world.setUp();
  simulation.arm(faults);
  const isAtRest = await world.runToEnd();
  return {
    points: simulation.points,
    receipts: world.receivers.receipts,
    stored: await readStored(),
    logViolations: hasLog(scenario) ? await logViolations(scenario) : [],
    invocations: simulation.invocations,
    succeeded: world.succeeded,
    isAtRest,
    sweptAt: world.sweptAt,
    faultsEndAt: Math.max(simulation.faultsEndAt, queue.until),
    backgroundSlots: world.backgroundSlots.count(simulation.now + LONG_MS),
  };
}

const CONSUMERS = {
  "tidings-deliveries": consumeDeliveries,
  "tidings-retries": consumeDeliveries,
  "tidings-log": consumeLog,
  "tidings-dead-letters": consumeDeadLetters,
};

function hasLog({ vars }: Scenario): boolean {
  return Boolean(vars.LOG_KEY);
}

class World {
  readonly receivers: Receivers;
  readonly succeeded: string[] = [];
  readonly sweptAt: number[] = [];
  /** All invocations share these slots, as in one isolate. */
  readonly backgroundSlots: BackgroundSlots;
  readonly #scenario: Scenario;
  readonly #simulation: Simulation;
  readonly #transport: Transport;
  readonly #contexts: ContextFactory;
  #ending: { invocation: Invocation; end: (hasSucceeded: boolean) => void }[] = [];
  #actions: { action: Action; at: number }[];
  #sweepsNotBefore = startOfTime;

  constructor(scenario: Scenario, simulation: Simulation, transport: Transport) {
    this.#scenario = scenario;
    this.#simulation = simulation;
    this.#transport = transport;
    this.receivers = new Receivers(scenario.receivers);
    this.backgroundSlots = new BackgroundSlots(scenario.backgroundLimit);
    this.#contexts = new ContextFactory(scenario, simulation, transport, this.receivers, this.backgroundSlots);
    this.#actions = scenario.actions.map((action) => ({ action, at: startOfTime + action.atSeconds * 1000 }));
  }

  async setUp(): Promise<void> {
    const { subscriptions, prepare } = this.#scenario;
    this.#simulation.invoke("set-up", (invocation) =>
      putSubscriptions(this.#contexts.create(invocation), subscriptions),
    );
    while (await this.#simulation.step());
    await prepare();
  }

  /** Returns false if the run does not end. */
  async runToEnd(): Promise<boolean> {
    const { points } = this.#simulation;
    while (
      this.sweptAt.length < MAX_SWEEPS &&
      points.length < MAX_POINTS &&
      this.#simulation.now < startOfTime + MAX_MS
    ) {
      this.#finishEnded();
      this.#begin();
      if (await this.#simulation.step()) continue;
      this.#finishEnded();
      const next = await this.#nextTime();
      if (next === undefined) return true;
      this.#simulation.now = Math.max(this.#simulation.now, next);
    }
    return false;
  }

  #begin(): void {
    const { now } = this.#simulation;
    for (const { queue, batch, end } of this.#transport.take()) {
      this.#invoke(batch.queue, (context) => CONSUMERS[queue](context, batch), end);
    }
    const due = this.#actions.filter(({ at }) => at <= now);
    this.#actions = this.#actions.filter((one) => !due.includes(one));
    for (const { action } of due) this.#act(action);
  }

  #act(action: Action): void {
    this.#invoke(action.name, action.act, (hasSucceeded) => {
      if (hasSucceeded) this.succeeded.push(action.name);
      else if (action.repeatsUntilDone) this.#actions.push({ action, at: this.#simulation.now + REPEAT_AFTER_MS });
    });
  }

  #invoke(name: string, work: (context: Context) => Promise<unknown>, end: (hasSucceeded: boolean) => void): void {
    const invocation = this.#simulation.invoke(name, (own) => work(this.#contexts.create(own)));
    this.#ending.push({ invocation, end });
  }

  #finishEnded(): void {
    const ended = this.#ending.filter(({ invocation }) => invocation.hasReturned || invocation.state !== "running");
    this.#ending = this.#ending.filter((one) => !ended.includes(one));
    for (const { invocation, end } of ended) end(invocation.hasReturned);
  }

  /** The time of the next step. A sweep begins at a full minute; minutes in which it would do nothing are left out. */
  async #nextTime(): Promise<number | undefined> {
    const due = await this.#simulation.nextDueAt();
    const others = [due, this.#transport.nextArrivalAt(), ...this.#actions.map(({ at }) => at)];
    const next = Math.min(...others.map((time) => time ?? Infinity));
    const soonest = fullMinute(Math.max(this.#simulation.now, this.#sweepsNotBefore));
    if (next < soonest) return next;
    const wanted = await nextSweepAt(hasLog(this.#scenario));
    const sweepAt = wanted === undefined ? Infinity : fullMinute(Math.max(wanted, soonest));
    if (Math.min(next, sweepAt) === Infinity) return undefined;
    if (next < sweepAt) return next;
    this.sweptAt.push(sweepAt);
    this.#sweepsNotBefore = sweepAt + MINUTE_MS;
    this.#simulation.now = sweepAt;
    this.#invoke("sweep", sweep, () => {});
    return sweepAt;
  }
}

function fullMinute(time: number): number {
  return Math.ceil(time / MINUTE_MS) * MINUTE_MS;
}
