import { describe, expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import { attemptDeliveries } from "../../../src/domain/deliveries/attempt-deliveries.ts";
import { testSubscription } from "../../../src/domain/deliveries/test-subscription.ts";
import { DestinationMemory } from "../../../src/domain/deliveries/destination-memory.ts";
import { inVirtualTime } from "./virtual-time.ts";
import { anEvent, aWebhook, aWorld, OWNER, type World } from "./world.ts";

const SLACK_URL = "https://hooks.slack.com/services/T/B/x";
const WEBHOOK_URL = "https://hooks.example.com/in";
const WISH_SECONDS = 15;

/** The same destination, written in ten ways. */
const spellings = (url: string) =>
  Array.from({ length: 10 }, (_, index) => {
    const host = new URL(url).host;
    return url.replace(host, index % 2 === 0 ? host : host.toUpperCase()) + (index % 3 === 0 ? `#${index}` : "");
  });

/**
 * A world of ten subscriptions with one destination, and one event. From the first request on, the destination responds
 * with a Retry-After.
 */
async function tenOfOne(entries: object[]): Promise<World & { times: () => number[] }> {
  const world = await aWorld();
  const times = inVirtualTime(world);
  await world.subscribe(...entries);
  await world.record(anEvent());
  expect(await world.deliveries()).toHaveLength(10);
  world.answer = () =>
    times().length === 0 || (times().at(-1) ?? 0) < WISH_SECONDS
      ? new Response("slow down", { status: 429, headers: { "Retry-After": `${WISH_SECONDS}` } })
      : new Response("ok");
  return Object.assign(world, { times });
}

const slackEntries = spellings(SLACK_URL).map((url) => ({ type: "slack", url }));
const webhookEntries = spellings(WEBHOOK_URL).map((url) => aWebhook({ url }));
const ids = async (world: World) => (await world.deliveries()).map(({ id }) => id);
const inAnotherIsolate = (context: Context): Context => ({ ...context, destinations: new DestinationMemory() });

async function untilDelivered(world: World): Promise<void> {
  for (let minute = 0; minute < 8; minute++) {
    world.elapse(60);
    await world.sweep();
    await world.deliver();
  }
  expect((await world.deliveries()).every(({ state }) => state === "delivered")).toBe(true);
}

function sentWithin(times: number[], seconds: number): number {
  return times.filter((time) => time < seconds).length;
}

describe("Slack's wish to be left alone", () => {
  it("reaches the ten subscriptions of one batch: nothing more is sent before it is over", async () => {
    const world = await tenOfOne(slackEntries);
    await world.deliver();
    await untilDelivered(world);
    expect(sentWithin(world.times(), WISH_SECONDS)).toBe(1);
    const attempts = (await world.deliveries()).reduce((sum, delivery) => sum + delivery.attempts, 0);
    expect(attempts).toBe(11); // a wait does not count as an attempt
  });

  it("reaches ten consumers in as many isolates, though each holds a turn already", async () => {
    const world = await tenOfOne(slackEntries);
    world.queue = [];
    await Promise.all((await ids(world)).map((id) => attemptDeliveries(inAnotherIsolate(world.context), [id])));
    expect(sentWithin(world.times(), WISH_SECONDS)).toBe(1);
    await untilDelivered(world);
    expect(sentWithin(world.times(), WISH_SECONDS)).toBe(1);
  });

  it("is known before the answer's body has come", async () => {
    const world = await tenOfOne(slackEntries);
    world.answer = () =>
      new Response(new ReadableStream(), { status: 429, headers: { "Retry-After": `${WISH_SECONDS}` } });
    const [first = 0, second = 0] = await ids(world);
    await Promise.all([first, second].map((id) => attemptDeliveries(inAnotherIsolate(world.context), [id])));
    expect(world.times()).toHaveLength(1);
  });

  it("that a test hears is heard by the deliveries, and the other way round", async () => {
    const world = await tenOfOne(slackEntries);
    const [subscription] = await world.subscriptions();
    const test = (context: Context) => testSubscription(context, OWNER, { project: "shop", id: `${subscription?.id}` });
    expect(await test(world.context)).toMatchObject({ outcome: "retry", status: 429 });
    await attemptDeliveries(inAnotherIsolate(world.context), await ids(world));
    expect(world.received).toHaveLength(1);
    await expect(test(inAnotherIsolate(world.context))).rejects.toMatchObject({
      code: "unavailable",
      headers: { "Retry-After": expect.stringMatching(/^1[0-5]$/) },
    });
    expect(world.received).toHaveLength(1);
  });

  it("also stops a test that has its turn and waits for it", async () => {
    const world = await tenOfOne(slackEntries);
    const [first = 0] = await ids(world);
    const [subscription] = await world.subscriptions();
    const path = { project: "shop", id: `${subscription?.id}` };
    const both = await Promise.allSettled([
      attemptDeliveries(inAnotherIsolate(world.context), [first]),
      testSubscription(inAnotherIsolate(world.context), OWNER, path),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(world.received).toHaveLength(1);
  });
});

describe("a webhook's wish to be left alone", () => {
  it("reaches all subscriptions of its URL in the batch, but for what is on its way", async () => {
    const world = await tenOfOne(webhookEntries);
    await world.deliver();
    expect(world.times().length).toBeLessThanOrEqual(5);
    const sent = world.times().length;
    await untilDelivered(world);
    expect(sentWithin(world.times(), WISH_SECONDS)).toBe(sent);
  });

  it("reaches the isolate's other consumers, and what is recorded meanwhile", async () => {
    const world = await tenOfOne(webhookEntries);
    const [first = 0, ...others] = await ids(world);
    await attemptDeliveries(world.context, [first]);
    await attemptDeliveries(world.context, others);
    world.elapse(5);
    await world.record(anEvent());
    await world.deliver();
    expect(world.received).toHaveLength(1);
    await untilDelivered(world);
  });

  it("is not for other URLs of its host", async () => {
    const world = await tenOfOne([...webhookEntries.slice(1), aWebhook({ url: `${WEBHOOK_URL}/other` })]);
    world.answer = ({ url }) =>
      url.endsWith("/other")
        ? new Response("ok")
        : new Response("", { status: 503, headers: { "Retry-After": `${WISH_SECONDS}` } });
    await world.deliver();
    expect((await world.deliveries()).filter(({ state }) => state === "delivered")).toHaveLength(1);
  });
});
