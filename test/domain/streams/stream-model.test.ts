import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import { pauseStream, resumeStream, rewindStream } from "../../../src/domain/streams/steer-stream.ts";
import { replaceStream } from "../../../src/domain/streams/set-streams.ts";
import { ChangedStream } from "../../../src/schemas/stream.ts";
import type { EventType } from "../../../src/schemas/event.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { aStream, aStreamsWorld, OPERATOR, type ReceivedBatch, type StreamsWorld } from "./streams-world.ts";

interface SentEvent {
  type: EventType;
  username: string;
  state_project?: string;
  allowed_groups?: string[];
}

const anEvent: fc.Arbitrary<SentEvent> = fc.record(
  {
    type: fc.constantFrom<EventType[]>("ADD_BUILD", "USER_SIGNUP"),
    username: fc.constantFrom("ann", "ben"),
    state_project: fc.constantFrom("shop", "web"),
    allowed_groups: fc.subarray(["devs", "ops", "sales"]),
  },
  { requiredKeys: ["type", "username"] },
);

/** What a stream carries. */
const aCarrying = fc.record(
  {
    allowed_groups: fc.subarray(["devs", "ops"]),
    listing: fc.record(
      {
        state_project: fc.constantFrom("shop", "web"),
        type: fc.constantFrom<EventType[][]>(["ADD_BUILD"], ["ADD_BUILD", "USER_SIGNUP"]),
        username: fc.constantFrom("ann", "ben"),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["listing"] },
);

/** How the receiver responds to the next requests, one after another. It takes what comes after them. */
const someReplies = fc.array(
  fc.constantFrom("ok", "fails", "busy", "too large", "refused", "breaks off after taking it"),
  { maxLength: 6 },
);

const aStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("record"), events: fc.array(anEvent, { minLength: 1, maxLength: 6 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("run"), replies: someReplies }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("run at once"), replies: someReplies }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("die"), replies: someReplies, calls: fc.nat(6), isLost: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait"), seconds: fc.constantFrom(1, 5, 40, 700) }) },
  fc.record({ kind: fc.constant("pause") }),
  fc.record({ kind: fc.constant("resume") }),
  fc.record({ kind: fc.constant("rename") }),
  fc.record({ kind: fc.constant("rewind"), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
);
type Step = typeof aStep extends fc.Arbitrary<infer Value> ? Value : never;
type Carrying = typeof aCarrying extends fc.Arbitrary<infer Value> ? Value : never;

const aCase = fc.record({
  carrying: aCarrying,
  steps: fc.array(aStep, { maxLength: 14 }),
  maxBytes: fc.constantFrom(150, 400, 1_048_576),
});

it("arrives in order and completely, whatever fails and whatever operators do", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(aCase, async ({ carrying, steps, maxBytes }) => {
      const world = await aStreamsWorld();
      const { id } = await world.create(carrying);
      await world.context.db.prepare("UPDATE streams SET max_batch_bytes = ?").bind(maxBytes).run();
      const receiver = aReceiver(world);
      const recorded: SentEvent[] = [];
      for (const step of steps) {
        if (step.kind === "record" && "events" in step) recorded.push(...step.events);
        await take(world, receiver, id, carrying, step);
      }
      await finish(world, receiver, id);
      const carried = recorded.flatMap((event, index) => (isCarried(carrying, event) ? [index + 1] : []));
      expect([...new Set(receiver.arrived)]).toEqual(carried);
      expect(await world.find(id)).toMatchObject({ status: "active", behind: { events: 0 } });
      expect(renamed(world.received)).toEqual([]);
    }),
    { numRuns: propertyRuns(3) },
  );
});

async function take(
  world: StreamsWorld,
  receiver: Receiver,
  id: string,
  carrying: Carrying,
  step: Step,
): Promise<void> {
  const { context } = world;
  if ("replies" in step) receiver.replies = [...step.replies];
  if ("events" in step) await world.record(...step.events);
  if ("seconds" in step) world.now += step.seconds * 1000;
  if ("part" in step) {
    const { after } = await world.find(id);
    await rewindStream(context, OPERATOR, id, `${Math.floor(Number(after) * step.part)}`);
  }
  if ("calls" in step) await world.runOnce(dyingAfter(context, step.calls, step.isLost));
  if (step.kind === "run") await world.run();
  if (step.kind === "run at once") await Promise.all([world.runOnce(), world.runOnce(), world.sweep()]);
  if (step.kind === "pause") await pauseStream(context, OPERATOR, id);
  if (step.kind === "resume") await resumeStream(context, OPERATOR, id);
  if (step.kind === "rename") {
    const { enabled } = await world.find(id);
    const sent = { ...aStream(carrying), name: `at ${world.now}`, enabled };
    await replaceStream(context, OPERATOR, id, ChangedStream.parse({ ...sent, after: "0" }));
  }
}

/** Nothing fails any more. A lease of an invocation that died ends, and the sweep hints the stream. */
async function finish(world: StreamsWorld, receiver: Receiver, id: string): Promise<void> {
  receiver.replies = [];
  await resumeStream(world.context, OPERATOR, id);
  world.now += 700_000;
  await world.sweep();
  await world.runAll();
}

interface Receiver {
  replies: string[];
  /** The IDs of the events that the receiver has taken. */
  arrived: number[];
}

function aReceiver(world: StreamsWorld): Receiver {
  const receiver: Receiver = { replies: [], arrived: [] };
  world.answer = ({ ids }) => {
    const reply = receiver.replies.shift() ?? "ok";
    if (reply === "fails") return new Response("no", { status: 500 });
    if (reply === "busy") return new Response("no", { status: 503, headers: { "Retry-After": "20" } });
    if (reply === "too large") return new Response("no", { status: 413 });
    if (reply === "refused") return new Response("no", { status: 400 });
    receiver.arrived.push(...ids);
    if (reply === "ok") return new Response("ok");
    throw new Error("the connection was lost");
  };
  return receiver;
}

/** An invocation whose calls to D1 fail from some call on. The first of them may have had its effect. */
function dyingAfter(context: Context, calls: number, isLost: boolean): Context {
  let left = calls;
  const failing = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    left -= 1;
    if (left >= 0) return call();
    if (left === -1 && isLost) await call();
    throw new Error("D1_ERROR: Network connection lost.");
  };
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const own = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      all: () => failing(() => statement.all()),
      run: () => failing(() => statement.run()),
    };
    return own as unknown as D1PreparedStatement; // the runner calls only these
  };
  const { db } = context;
  return { ...context, wait: async () => {}, db: { ...db, prepare: (sql) => wrap(db.prepare(sql)) } };
}

/** The API's rules for what a listing has, in their simplest form. */
function isCarried({ listing, allowed_groups: groups }: Carrying, event: SentEvent): boolean {
  const isVisible =
    groups === undefined ||
    event.allowed_groups === undefined ||
    event.allowed_groups.some((group) => groups.includes(group));
  return (
    isVisible &&
    (listing.type === undefined || listing.type.includes(event.type)) &&
    (listing.username === undefined || listing.username === event.username) &&
    (listing.state_project === undefined || listing.state_project === event.state_project)
  );
}

/** A `webhook-id` must always stand for the same events, with their bounds. */
function renamed(received: ReceivedBatch[]): string[] {
  return [...Map.groupBy(received, ({ webhookId }) => webhookId)].flatMap(([id, same]) => {
    const contents = new Set(same.map(({ ids }) => ids.join()));
    const isWrong = same.some(({ ids, bounds }) => bounds[0] !== ids[0] || bounds[1] !== ids.at(-1));
    return contents.size > 1 || isWrong ? [`${id}: ${[...contents].join(" and ")}`] : [];
  });
}
