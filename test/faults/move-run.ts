import { env } from "cloudflare:workers";
import type { Context } from "../../src/context.ts";
import { BackgroundSlots } from "../../src/domain/deliveries/background-slots.ts";
import { moveHistory } from "../../src/domain/moving/move-history.ts";
import { listViolations, wholeHistory, type History } from "../support/archive.ts";
import { emptyBucket } from "../support/bucket.ts";
import { smallSegments } from "../support/moved-history.ts";
import { restore } from "../support/restore.ts";
import { ContextFactory } from "./context-factory.ts";
import { type Faults, type Point } from "./fault.ts";
import { seededRandom } from "./random.ts";
import { Receivers } from "./receivers.ts";
import { startOfTime } from "./scenario.ts";
import { Simulation } from "./simulation.ts";
import { reliable, Transport } from "./transport.ts";

/** A history in D1 that sweeps move to the bucket, while each call that they wait for can fail. */
export interface MoveScenario {
  name: string;
  vars: Partial<Env>;
  /** The events of a segment. */
  segmentEvents: number;
  /** A feed with at most so many events in the segment keeps its entries in D1. */
  keepUpTo: number;
  /** The steps of a sweep. */
  maxSteps: number;
  /** The sweeps that begin at the same time. */
  movers: number;
  /** An event that an operator erases when the run comes to this point. */
  erases?: { event: number; at: number };
}

/** More often than a lease ends, so that the late call of one mover comes while the next mover is at work. */
const SWEEP_EVERY_MS = 27_000;
const MAX_SWEEPS = 60;

export interface MoveOutcome {
  points: Point[];
  violations: string[];
}

/**
 * Restores the history of the last backup, empties the bucket, and lets sweeps move the history. After each call, the
 * archive up to the boundary and D1 above it must be the whole history.
 */
export async function runMove(
  scenario: MoveScenario,
  history: History,
  { faults, seed = 1 }: { faults: Faults; seed?: number },
): Promise<MoveOutcome> {
  await Promise.all([restore(), emptyBucket()]);
  const random = seededRandom(seed);
  const pick = scenario.movers > 1 ? (count: number) => Math.floor(random() * count) : () => 0;
  const simulation = new Simulation(startOfTime, pick);
  simulation.arm(faults);
  const watch = new Watch(history, scenario);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    beginSweeps(scenario, simulation);
    await runUntil(simulation, startOfTime + (sweep + 1) * SWEEP_EVERY_MS, async () => {
      if (scenario.erases?.at === simulation.points.length) await watch.erase(scenario.erases.event);
      await watch.look();
    });
    if (await isAtRest(simulation)) return { points: simulation.points, violations: await watch.atEnd() };
  }
  return { points: simulation.points, violations: ["the move does not end", ...watch.violations] };
}

function beginSweeps(scenario: MoveScenario, simulation: Simulation): void {
  const sizes = { ...smallSegments(scenario.segmentEvents), maxSteps: scenario.maxSteps, keepUpTo: scenario.keepUpTo };
  const transport = new Transport(
    () => simulation.now,
    () => 0,
    reliable,
  );
  const vars = { HOT_GIGABYTES: "0", ...scenario.vars };
  const made = new ContextFactory(
    { vars, copy: "none" },
    simulation,
    transport,
    new Receivers({}),
    new BackgroundSlots(1),
  );
  for (let mover = 0; mover < scenario.movers; mover++) {
    simulation.invoke(`mover ${mover}`, async (invocation) => {
      const context: Context = { ...made.create(invocation), uuid: () => crypto.randomUUID() };
      await moveHistory(context, sizes);
    });
  }
}

async function runUntil(simulation: Simulation, end: number, after: () => Promise<void>): Promise<void> {
  for (;;) {
    while (await simulation.step()) await after();
    const next = await simulation.nextDueAt();
    if (next === undefined || next >= end) break;
    simulation.now = next;
  }
  simulation.now = end;
}

async function isAtRest(simulation: Simulation): Promise<boolean> {
  if ((await simulation.nextDueAt()) !== undefined) return false;
  const row = await env.DB.prepare("SELECT 1 FROM archive_move").first();
  return row === null && simulation.now > startOfTime + 2 * SWEEP_EVERY_MS;
}

/** Looks at D1 and the bucket from outside. */
class Watch {
  readonly violations: string[] = [];
  readonly #history: History;
  readonly #keepUpTo: number;
  #boundary = 0;

  constructor(history: History, { keepUpTo }: MoveScenario) {
    this.#keepUpTo = keepUpTo;
    this.#history = { ...history, events: new Map(history.events) };
  }

  /** Erases an event in D1. An event that was moved is erased in the archive, and not here. */
  async erase(event: number): Promise<void> {
    const { meta } = await env.DB.prepare(
      `UPDATE events SET opening = NULL
      WHERE id = ?1 AND id > coalesce((SELECT boundary FROM archive_state), 0)`,
    )
      .bind(event)
      .run();
    const before = this.#history.events.get(event);
    if (meta.changes === 1 && before !== undefined) this.#history.events.set(event, { ...before, opening: "" });
  }

  /** Compares the whole history when the boundary has moved. Otherwise only counts what D1 has above it. */
  async look(): Promise<void> {
    const now = await env.DB.prepare(
      `SELECT boundary, (SELECT count(*) FROM events WHERE id > boundary) AS events,
        (SELECT count(*) FROM feed_entries WHERE event_id > boundary) AS entries
      FROM (SELECT coalesce((SELECT boundary FROM archive_state), 0) AS boundary)`,
    ).first<{ boundary: number; events: number; entries: number }>();
    const { boundary = 0, events, entries } = now ?? {};
    if (boundary < this.#boundary) this.violations.push(`the boundary went from ${this.#boundary} to ${boundary}`);
    const isMoved = boundary !== this.#boundary;
    this.#boundary = boundary;
    if (isMoved) return this.#compare();
    const hot = [...this.#history.events.keys()].filter((id) => id > boundary).length;
    const hotEntries = this.#history.entries.filter((entry) => Number(entry.slice(entry.lastIndexOf(" "))) > boundary);
    if (events !== hot || entries !== hotEntries.length) {
      this.violations.push(`D1 has ${events} events and ${entries} entries above ${boundary}`);
    }
  }

  async atEnd(): Promise<string[]> {
    await this.#compare();
    if (this.#boundary === 0) this.violations.push("nothing was moved");
    const { results } = await env.DB.prepare("SELECT id FROM events WHERE id <= ?1").bind(this.#boundary).all();
    if (results.length > 0) this.violations.push(`D1 still has ${results.length} moved events`);
    this.violations.push(...(await listViolations(this.#boundary, this.#keepUpTo, { isDone: true })));
    return this.violations;
  }

  async #compare(): Promise<void> {
    const now = await wholeHistory();
    const wrong = [...this.#history.events].filter(([id, { json, opening }]) => {
      const event = now.events.get(id);
      return event?.json !== json || event.opening !== opening;
    });
    if (wrong.length > 0 || now.events.size !== this.#history.events.size) {
      this.violations.push(`${wrong.length} of ${now.events.size} events are not as they were: ${wrong[0]?.[0]}`);
    }
    this.violations.push(...(await listViolations(this.#boundary, this.#keepUpTo, { isDone: false })));
    if (now.entries.join("\n") !== this.#history.entries.join("\n")) this.violations.push("the entries are others");
  }
}
