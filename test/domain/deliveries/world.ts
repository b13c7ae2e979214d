import { env } from "cloudflare:workers";
import { forgetEverything } from "../../support/tables.ts";
import { contextFor, type Context } from "../../../src/context.ts";
import { attemptDeliveries } from "../../../src/domain/deliveries/attempt-deliveries.ts";
import { releaseNow } from "../../../src/domain/deliveries/sweep-deliveries.ts";
import { recordEvents } from "../../../src/domain/events/record-events.ts";
import { replaceSubscriptions } from "../../../src/domain/subscriptions/subscription-set.ts";
import { sweep } from "../../../src/domain/sweep.ts";
import { BackgroundSlots } from "../../../src/domain/deliveries/background-slots.ts";
import { DestinationMemory } from "../../../src/domain/deliveries/destination-memory.ts";
import type { Hint } from "../../../src/domain/hint-deliveries.ts";
import { NewEvent } from "../../../src/schemas/event.ts";
import { SubscriptionSet } from "../../../src/schemas/subscription.ts";
import { readSubscriptionSet, type SubscriptionRow } from "../../../src/store/subscriptions/subscription-rows.ts";

/** A request that a receiver got. */
interface Received {
  url: string;
  headers: Headers;
  body: string;
}

type Answer = (received: Received, signal: AbortSignal | null | undefined) => Response | Promise<Response>;

/** The real verbs on a real D1. The test controls the clock, the queue and the network. */
export interface World {
  context: Context;
  received: Received[];
  /** The lines that were logged. */
  lines: Parameters<Context["log"]>[0][];
  /** The hints in the queue, with the time at which each hint arrives. */
  queue: (Hint & { name: "first" | "retry"; arrivesAt: number })[];
  answer: Answer;
  subscribe(...entries: object[]): Promise<SubscriptionRow[]>;
  record(...events: object[]): Promise<number>;
  /** Consumes the hints that have arrived, until there are no more. */
  deliver(): Promise<void>;
  elapse(seconds: number): void;
  sweep(): Promise<void>;
  subscriptions(): Promise<SubscriptionRow[]>;
  deliveries(): Promise<DeliveryState[]>;
  attempts(): Promise<AttemptState[]>;
  rows<Row>(sql: string): Promise<Row[]>;
}

interface DeliveryState {
  id: number;
  state: string;
  attempts: number;
  next_attempt_at: number;
}

interface AttemptState {
  delivery_id: number;
  number: number;
  outcome: string;
  status: number | null;
  reason: string | null;
}

export const OWNER = {
  name: "ann",
  groups: ["devs", "Devs", "ops", "everyone", "auditors", "project:shop:global:owner"],
  isAuditor: false,
  isOperator: false,
  expiresAt: Number.POSITIVE_INFINITY,
};
/** The time at which a world begins, in milliseconds since 1970. */
export const START = Date.UTC(2026, 10, 23);

export async function aWorld(vars: Partial<Env> = {}): Promise<World> {
  await forgetEverything();
  await env.DB.prepare("DELETE FROM sqlite_sequence").run(); // IDs start from 1 in each test
  let now = START;
  const background: Promise<unknown>[] = [];
  let hasRelease = false;
  const send = (name: "first" | "retry") => async (hints: Hint[]) => {
    for (const hint of hints) world.queue.push({ ...hint, name, arrivesAt: now + (hint.delaySeconds ?? 0) * 1000 });
  };
  const context: Context = {
    ...contextFor({ ...env, ...vars }, { waitUntil: (work) => void background.push(work) }),
    now: () => now,
    random: () => 0.5,
    hints: {
      first: send("first"),
      retry: send("retry"),
      release: async () => {
        hasRelease = true;
      },
      log: async () => {},
    },
    destinations: new DestinationMemory(),
    backgroundSlots: new BackgroundSlots(0), // so that a consumer ends only after all attempts of its batch
    log: (line) => void world.lines.push(line),
    fetch: async (input, init) => {
      const request = new Request(input, {
        method: init?.method ?? "GET",
        headers: init?.headers ?? {},
        body: init?.body ?? null,
      });
      const received = { url: request.url, headers: request.headers, body: await request.text() };
      world.received.push(received);
      return world.answer(received, init?.signal);
    },
  };
  const world: World = {
    context,
    received: [],
    lines: [],
    queue: [],
    answer: () => new Response("ok"),
    subscribe: async (...entries) => {
      await replaceSubscriptions(context, OWNER, "shop", SubscriptionSet.parse(entries));
      return world.subscriptions();
    },
    record: async (...events) => {
      const id = await recordEvents(
        context,
        events.map((event) => NewEvent.parse(event)),
      );
      await Promise.all(background);
      return id;
    },
    deliver: async () => {
      for (;;) {
        await Promise.all(background);
        const arrived = world.queue.filter(({ arrivesAt }) => arrivesAt <= now);
        if (hasRelease) await releaseNow(context);
        else if (arrived.length === 0) return;
        hasRelease = false;
        world.queue = world.queue.filter((hint) => !arrived.includes(hint));
        if (arrived.length > 0)
          await attemptDeliveries(context, [...new Set(arrived.map(({ deliveryId }) => deliveryId))]);
      }
    },
    elapse: (seconds) => {
      now += seconds * 1000;
    },
    sweep: () => sweep(context),
    subscriptions: async () => (await readSubscriptionSet(context.db, "shop")).rows,
    deliveries: () => rows<DeliveryState>("SELECT id, state, attempts, next_attempt_at FROM deliveries ORDER BY id"),
    attempts: () =>
      rows<AttemptState>(
        "SELECT delivery_id, number, outcome, status, reason FROM attempts ORDER BY delivery_id, number",
      ),
    rows,
  };
  return world;
}

export const aWebhook = (more: object = {}) => ({ type: "webhook", url: "https://hooks.example.com/in", ...more });
export const anEvent = (more: object = {}) => ({ type: "ADD_BUILD", username: "ann", state_project: "shop", ...more });

async function rows<Row>(sql: string): Promise<Row[]> {
  return (await env.DB.prepare(sql).all<Row>()).results;
}
