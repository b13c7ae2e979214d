import { consumeDeadLetters } from "../../src/queue/consume-dead-letters.ts";
import { consumeDeliveries } from "../../src/queue/consume-deliveries.ts";
import { consumeLog } from "../../src/queue/consume-log.ts";
import type { Context } from "../../src/context.ts";
import { sweep } from "../../src/domain/sweep.ts";
import { BackgroundSlots } from "../../src/domain/deliveries/background-slots.ts";
import { forgetEverything } from "../support/tables.ts";
import { Door } from "./fault-context.ts";
import type { Faults, Point } from "./fault.ts";
import { forgetSightings, logViolations } from "./log-watch.ts";
import { randomOf } from "./random.ts";
import { Receivers, type Receipt } from "./receivers.ts";
import { putSubscriptions, startOfTime, type Action, type Scenario } from "./scenario.ts";
import { Simulation, type Invocation } from "./simulation.ts";
import { reliable, Transport } from "./transport.ts";
import { forgetWhatWasSeen, nextSweepAt, readStored, type Stored } from "./snapshots.ts";

const MINUTE_MS = 60_000;
const INSISTS_AFTER_MS = 10_000;
/** Longer than any lease. */
const LONG_MS = 10 * MINUTE_MS;
/** A run that needs more than this goes round in circles. */
const MAX_SWEEPS = 100;
const MAX_POINTS = 5000;
/** Whatever waits so long is forgotten, for all that anybody can see. */
const MAX_MS = 24 * 60 * MINUTE_MS;

/** What a run left behind, when nothing moves any more. */
export interface Outcome {
  points: Point[];
  receipts: Receipt[];
  stored: Stored;
  /** What is wrong with the log, if there is one. */
  logViolations: string[];
  invocations: Invocation[];
  /** The actions that were answered. */
  answered: string[];
  isAtRest: boolean;
  /** When the sweeps began. */
  sweptAt: number[];
  /** When all that went wrong was over, in the queues too. */
  wellFrom: number;
  /** How many deliveries count as left behind, long after it came to rest. */
  backgroundSlots: number;
}

export interface Plan {
  faults: Faults;
  /** Draws what the queues do wrong, and with `isShuffled` the order of all that happens at one time. */
  seed: number;
  isShuffled?: boolean;
}

/**
 * The real verbs, consumers and sweep on real D1, through a scenario and on until nothing moves: the clock, the queues'
 * transport and the receivers are simulated, and whatever is waited for may fail.
 */
export async function run(scenario: Scenario, { faults, seed, isShuffled = false }: Plan): Promise<Outcome> {
  await forgetEverything();
  await forgetWhatWasSeen();
  forgetSightings();
  const random = randomOf(seed);
  const pick = isShuffled ? (count: number) => Math.floor(random() * count) : () => 0;
  const simulation = new Simulation(startOfTime, pick);
  const queue = { ...reliable, ...scenario.queue };
  const transport = new Transport(() => simulation.now, random, queue);
  const world = new World(scenario, simulation, transport);
  await world.setUp();
  simulation.arm(faults);
  const isAtRest = await world.goOn();
  return {
    points: simulation.points,
    receipts: world.receivers.receipts,
    stored: await readStored(),
    logViolations: hasLog(scenario) ? await logViolations(scenario) : [],
    invocations: simulation.invocations,
    answered: world.answered,
    isAtRest,
    sweptAt: world.sweptAt,
    wellFrom: Math.max(simulation.wellFrom, queue.until),
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
  readonly answered: string[] = [];
  readonly sweptAt: number[] = [];
  /** All invocations run in one isolate, as far as this goes. */
  readonly backgroundSlots: BackgroundSlots;
  readonly #scenario: Scenario;
  readonly #simulation: Simulation;
  readonly #transport: Transport;
  readonly #door: Door;
  #ending: { invocation: Invocation; end: (wasWell: boolean) => void }[] = [];
  #actions: { action: Action; at: number }[];
  #sweepsNotBefore = startOfTime;

  constructor(scenario: Scenario, simulation: Simulation, transport: Transport) {
    this.#scenario = scenario;
    this.#simulation = simulation;
    this.#transport = transport;
    this.receivers = new Receivers(scenario.receivers);
    this.backgroundSlots = new BackgroundSlots(scenario.roomForLeftBehind);
    this.#door = new Door(scenario, simulation, transport, this.receivers, this.backgroundSlots);
    this.#actions = scenario.actions.map((action) => ({ action, at: startOfTime + action.atSeconds * 1000 }));
  }

  async setUp(): Promise<void> {
    const { subscriptions } = this.#scenario;
    this.#simulation.invoke("set-up", (invocation) =>
      putSubscriptions(this.#door.contextOf(invocation), subscriptions),
    );
    while (await this.#simulation.step());
  }

  /** Answers whether it came to rest. */
  async goOn(): Promise<boolean> {
    const { points } = this.#simulation;
    while (
      this.sweptAt.length < MAX_SWEEPS &&
      points.length < MAX_POINTS &&
      this.#simulation.now < startOfTime + MAX_MS
    ) {
      this.#endWhatHasEnded();
      this.#begin();
      if (await this.#simulation.step()) continue;
      this.#endWhatHasEnded();
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
    this.#invoke(action.name, action.act, (wasWell) => {
      if (wasWell) this.answered.push(action.name);
      else if (action.insists) this.#actions.push({ action, at: this.#simulation.now + INSISTS_AFTER_MS });
    });
  }

  #invoke(name: string, work: (context: Context) => Promise<unknown>, end: (wasWell: boolean) => void): void {
    const invocation = this.#simulation.invoke(name, (own) => work(this.#door.contextOf(own)));
    this.#ending.push({ invocation, end });
  }

  #endWhatHasEnded(): void {
    const ended = this.#ending.filter(({ invocation }) => invocation.hasAnswered || invocation.state !== "running");
    this.#ending = this.#ending.filter((one) => !ended.includes(one));
    for (const { invocation, end } of ended) end(invocation.hasAnswered);
  }

  /** Of whatever comes next. The sweep comes at a full minute; minutes that have nothing for it are left out. */
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
