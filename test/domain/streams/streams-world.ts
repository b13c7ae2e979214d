import { env } from "cloudflare:workers";
import { contextFor, type Context } from "../../../src/context.ts";
import type { Reader } from "../../../src/domain/access/roles.ts";
import { recordEvents } from "../../../src/domain/events/record-events.ts";
import { HintPace } from "../../../src/domain/hint-pace.ts";
import { getStream } from "../../../src/domain/streams/list-streams.ts";
import { runStreams, sweepStreams } from "../../../src/domain/streams/run-streams.ts";
import { createStream } from "../../../src/domain/streams/set-streams.ts";
import { noUsage, openDatabase } from "../../../src/store/database.ts";
import { NewEvent } from "../../../src/schemas/event.ts";
import { NewStream, type Stream } from "../../../src/schemas/stream.ts";
import { forgetEverything } from "../../support/tables.ts";

/** A batch that a receiver got. */
export interface ReceivedBatch {
  url: string;
  at: number;
  webhookId: string;
  /** The headers `tidings-first-id` and `tidings-last-id`. */
  bounds: [first: number, last: number];
  ids: number[];
  bytes: number;
  body: string;
}

type Answer = (batch: ReceivedBatch) => Response | Promise<Response>;

/** The real verbs on a real D1. The test controls the clock, the queue and the network. */
export interface StreamsWorld {
  context: Context;
  received: ReceivedBatch[];
  lines: Parameters<Context["log"]>[0][];
  /** When each hint in the queue arrives. */
  hints: number[];
  answer: Answer;
  now: number;
  /** Records events, in requests of at most 100. Returns their IDs. */
  record: (...events: object[]) => Promise<number[]>;
  create: (fields?: object, operator?: Reader) => Promise<Stream>;
  find: (id: string) => Promise<Stream>;
  /** Consumes the hints that have arrived, until there are no more. */
  run: () => Promise<void>;
  /** Consumes all hints, and sets the clock to each. */
  runAll: () => Promise<void>;
  /** One invocation, also without a hint. */
  runOnce: (context?: Context) => Promise<void>;
  sweep: () => Promise<void>;
}

export const START = Date.UTC(2026, 10, 23);
export const RECEIVER = "https://siem.example.com/";
const SECRET = `whsec_${btoa("a".repeat(32))}`;
/** A run that needs more hints than this does not end. */
const MAX_HINTS = 300;

/** An operator who is an auditor and in some groups. */
export const OPERATOR: Reader = {
  name: "olga",
  groups: ["ops", "audit", "devs"],
  isAuditor: true,
  isOperator: true,
  expiresAt: Number.POSITIVE_INFINITY,
};

export function aStream(fields: object = {}): NewStream {
  return NewStream.parse({
    name: "SIEM",
    kind: "http",
    destination: { url: RECEIVER, signing_secret: SECRET },
    ...fields,
  });
}

export async function aStreamsWorld(vars: Partial<Env> = {}): Promise<StreamsWorld> {
  await forgetEverything();
  await env.DB.prepare("DELETE FROM sqlite_sequence").run(); // IDs start from 1 in each test
  const background: Promise<unknown>[] = [];
  const context: Context = {
    ...contextFor({ ...env, ...vars }, { waitUntil: (work) => void background.push(work) }),
    now: () => world.now,
    random: () => 0.5,
    streamHintPace: new HintPace(),
    hints: {
      first: async () => {},
      retry: async () => {},
      release: async () => {},
      log: async () => {},
      streams: async (delaySeconds) => void world.hints.push(world.now + delaySeconds * 1000),
    },
    log: (line) => void world.lines.push(line),
    fetch: async (input, init) => {
      const batch = await toBatch(new Request(input, init), world.now);
      world.received.push(batch);
      return world.answer(batch);
    },
  };
  const runOnce = async (own = context) => {
    await runStreams(own);
    while (background.length > 0) await background.shift();
  };
  const run = async () => {
    for (let runs = 0; runs < MAX_HINTS; runs++) {
      while (background.length > 0) await background.shift();
      const arrived = world.hints.filter((at) => at <= world.now);
      if (arrived.length === 0) return;
      world.hints = world.hints.filter((at) => at > world.now);
      await runOnce();
    }
    throw new Error("the streams do not come to rest");
  };
  const world: StreamsWorld = {
    context,
    received: [],
    lines: [],
    hints: [],
    answer: () => new Response("ok"),
    now: START,
    record: async (...events) => {
      const ids: number[] = [];
      for (let start = 0; start < events.length; start += 100) {
        const part = events.slice(start, start + 100).map((event) => NewEvent.parse({ type: "ADD_BUILD", ...event }));
        const first = await recordEvents(context, part);
        ids.push(...part.map((_, index) => first + index));
      }
      return ids;
    },
    create: async (fields = {}, operator = OPERATOR) => (await createStream(context, operator, aStream(fields))).stream,
    find: async (id) => (await getStream(context, OPERATOR, id)).stream,
    run,
    runAll: async () => {
      await run();
      for (let runs = 0; world.hints.length > 0; runs++) {
        if (runs > MAX_HINTS) throw new Error("the streams do not come to rest");
        world.now = Math.max(world.now, Math.min(...world.hints));
        await run();
      }
    },
    runOnce,
    sweep: () => sweepStreams(context),
  };
  return world;
}

/** The same world in another isolate, whose cost on D1 is counted on its own. */
export function metered(world: StreamsWorld): Context {
  const usage = noUsage();
  return { ...world.context, usage, db: openDatabase(env.DB.withSession("first-primary"), usage) };
}

async function toBatch(request: Request, at: number): Promise<ReceivedBatch> {
  const body = new TextDecoder().decode(await request.arrayBuffer());
  const { headers } = request;
  const ids = body
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Number((JSON.parse(line) as { id: string }).id));
  return {
    url: request.url,
    at,
    webhookId: headers.get("webhook-id") ?? "",
    bounds: [Number(headers.get("tidings-first-id")), Number(headers.get("tidings-last-id"))],
    ids,
    bytes: new TextEncoder().encode(body).byteLength,
    body,
  };
}
