import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newLogKey } from "../../../scripts/new-log-key.ts";
import { Config } from "../../../src/config.ts";
import { advanceLog } from "../../../src/domain/log/advance-log.ts";
import { testSubscription } from "../../../src/domain/deliveries/test-subscription.ts";
import { countingRoundTrips, verified } from "../../support/logged-service.ts";
import { anEvent, aWebhook, aWorld, OWNER, type World } from "./world.ts";

const KEY = newLogKey("log.example/one");

/** The checkpoint in each request, in the order in which the requests came; undefined without the header. */
const checkpointsOf = ({ received }: World) =>
  received.map(({ headers }) => {
    const base64 = headers.get("tidings-checkpoint");
    return base64 === null ? undefined : new TextDecoder().decode(Uint8Array.fromBase64(base64));
  });

const storedCheckpoint = async () =>
  (await env.DB.prepare("SELECT checkpoint FROM log_state").first<{ checkpoint: string }>())?.checkpoint;

afterEach(() => void vi.restoreAllMocks());

describe("a webhook carries the newest checkpoint", () => {
  it("once there is one, of whichever attempt", async () => {
    const world = await aWorld({ LOG_KEY: KEY.privateKey, RETRY_SCHEDULE: "5,5" });
    await world.subscribe(aWebhook());
    world.answer = () => new Response("no", { status: 500 });
    await world.record(anEvent());
    await world.deliver();
    await advanceLog(world.context);
    const first = await storedCheckpoint();
    world.elapse(5);
    await world.deliver();
    await world.record(anEvent({ state_project: "other" }));
    await advanceLog(world.context);
    world.elapse(5);
    await world.deliver();
    expect(checkpointsOf(world)).toEqual([undefined, first, await storedCheckpoint()]);
    const sizes = await Promise.all(
      checkpointsOf(world)
        .slice(1)
        .map((one) => verified(one ?? "", KEY.publicKey)),
    );
    expect(sizes.map(({ size }) => size)).toEqual([1, 2]);
  });

  it("the same for all deliveries of a batch, without one more round trip", async () => {
    const countFor = async (vars: Partial<Env>) => {
      const world = await aWorld(vars);
      await world.subscribe(...Array.from({ length: 20 }, () => aWebhook()));
      await world.record(anEvent());
      await advanceLog(world.context);
      const roundTrips = countingRoundTrips();
      await world.deliver();
      const { count } = roundTrips;
      vi.restoreAllMocks();
      return { count, checkpoints: new Set(checkpointsOf(world)) };
    };
    const [without, logged] = [await countFor({}), await countFor({ LOG_KEY: KEY.privateKey })];
    expect(without.checkpoints).toEqual(new Set([undefined]));
    expect(logged.checkpoints).toEqual(new Set([await storedCheckpoint()]));
    expect(logged.count).toBe(without.count);
  });

  it("and a sample does too", async () => {
    const world = await aWorld({ LOG_KEY: KEY.privateKey });
    const [webhook] = await world.subscribe(aWebhook());
    await world.record(anEvent({ state_project: "other" }));
    await advanceLog(world.context);
    await testSubscription(world.context, OWNER, { project: "shop", id: `${webhook?.id}` });
    expect(checkpointsOf(world)).toEqual([await storedCheckpoint()]);
  });

  it("but a message for Slack does not", async () => {
    const world = await aWorld({ LOG_KEY: KEY.privateKey });
    await world.subscribe({ type: "slack", url: "https://hooks.slack.com/services/T/B/x" });
    await world.record(anEvent());
    await advanceLog(world.context);
    await world.deliver();
    expect(checkpointsOf(world)).toEqual([undefined]);
  });
});

describe("without a log, a webhook", () => {
  it("carries none, also of a log that was", async () => {
    const world = await aWorld({ LOG_KEY: KEY.privateKey });
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    await advanceLog(world.context);
    world.context.config = new Config({ ...env, LOG_KEY: "" });
    await world.deliver();
    expect(checkpointsOf(world)).toEqual([undefined]);
  });

  it("is delivered although LOG_KEY is bad", async () => {
    const world = await aWorld({ LOG_KEY: "PRIVATE+KEY+broken" });
    const [webhook] = await world.subscribe(aWebhook());
    await world.record(anEvent());
    await world.deliver();
    await testSubscription(world.context, OWNER, { project: "shop", id: `${webhook?.id}` });
    expect(checkpointsOf(world)).toEqual([undefined, undefined]);
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(["delivered"]);
  });
});
