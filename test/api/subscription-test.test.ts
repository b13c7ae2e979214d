import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { testSubscription } from "../../src/domain/deliveries/test-subscription.ts";
import type { TestAttempt } from "../../src/schemas/delivery.ts";
import { Event } from "../../src/schemas/event.ts";
import { claimSlackTurn } from "../../src/store/subscriptions/slack-gates.ts";
import { aWorld, OWNER as SHOP_OWNER } from "../domain/deliveries/world.ts";
import { anEvent } from "../support/factories.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

const OWNER = ["project:shop:global:owner"];
const WEBHOOK = { type: "webhook", url: "https://hooks.example.com/secret-path?token=1" };
const SLACK = { type: "slack", url: "https://hooks.slack.com/services/T/B/x" };

/** The requests that were sent, and the response of the receiver. */
let sent: Request[];
let answer: (signal: AbortSignal) => Response | Promise<Response>;

beforeEach(async () => {
  await forgetEverything();
  sent = [];
  answer = () => new Response("ok");
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const request = new Request(url, init);
    sent.push(request.clone());
    return answer(request.signal);
  });
});

afterEach(() => void vi.unstubAllGlobals());

/** A service with one subscription to test. */
async function subscribed(entry: object, bindings: Partial<Env> = {}) {
  const service = aService(bindings);
  const [{ id }] = await (await service.subscribe("shop", [entry])).json<[{ id: string }]>();
  const path = `/api/v1/events/subscriptions/project/shop/${id}`;
  const headers = { Authorization: `Bearer ${await tokenOf({ name: "ann", groups: OWNER })}` };
  return { ...service, path, test: () => service.request(`${path}/test`, { method: "POST", headers }) };
}

async function attemptOf(response: Response): Promise<TestAttempt> {
  expect(response.status).toBe(200);
  expect(response.headers.get("Cache-Control")).toBe("private, no-store");
  return response.json();
}

describe("testing a webhook", () => {
  it("sends a sample at once, and returns the attempt", async () => {
    answer = () => new Response("thanks", { status: 201 });
    const { test } = await subscribed(WEBHOOK);
    expect(await attemptOf(await test())).toEqual({
      started_at: expect.any(String),
      duration_ms: expect.any(Number),
      outcome: "delivered",
      status: 201,
      response: "thanks",
    });
    expect(sent.map(({ url }) => url)).toEqual([WEBHOOK.url]);
    const sample = Event.parse(await sent[0]?.json());
    expect(sample).toMatchObject({
      id: "0",
      username: "ann (a sample)",
      state_project: "shop",
      data: { sample: true },
    });
  });

  it("signs it like an event, with a new ID each time", async () => {
    const { test, get, path } = await subscribed(WEBHOOK);
    await test();
    await test();
    const { signing_secret } = await (
      await get(`${path}/secret`, { groups: OWNER })
    ).json<{ signing_secret: string }>();
    const headers = sent.map((request) => Object.fromEntries(request.headers));
    const body = (await sent[0]?.text()) ?? "";
    expect(new Webhook(signing_secret).verify(body, headers[0] ?? {})).toMatchObject({ id: "0" });
    expect(headers[0]?.["webhook-id"]).not.toBe(headers[1]?.["webhook-id"]);
  });

  it("uses a type that the subscription receives", async () => {
    const { test } = await subscribed({ ...WEBHOOK, event_types: ["ADD_BUILD", "TEAM_DELETED"] });
    await test();
    expect(await sent[0]?.json()).toMatchObject({ type: "ADD_BUILD" });
  });

  it("returns the response, with its URLs cut to their origins however they are written", async () => {
    const escaped = WEBHOOK.url.replaceAll("/", String.raw`\/`);
    const echo = `${WEBHOOK.url} ${escaped} x${WEBHOOK.url} ${encodeURIComponent(WEBHOOK.url)} HTTPS://u:p@h.example:8443?k`;
    answer = () => new Response(`no: ${echo}`, { status: 404 });
    const { test } = await subscribed(WEBHOOK);
    const here = "https://hooks.example.com";
    expect(await attemptOf(await test())).toMatchObject({
      outcome: "retry",
      status: 404,
      reason: "responded with 404",
      response: `no: ${here} ${here} x${here} ${here} https://h.example:8443`,
    });
  });

  it("ends with the timeout if the receiver hangs", async () => {
    answer = (signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
    const { test } = await subscribed(WEBHOOK, { DELIVERY_TIMEOUT_SECONDS: "1" });
    const attempt = await attemptOf(await test());
    expect(attempt).toMatchObject({ outcome: "retry", reason: expect.stringContaining("1 s") });
    expect(attempt).not.toHaveProperty("status");
    expect(attempt.duration_ms).toBeLessThan(5000);
  });

  it.each([410, 500, 204])(
    "stores nothing if the receiver responds with %i, even while the subscription is disabled",
    async (status) => {
      answer = () => new Response(null, { status });
      const { test, record } = await subscribed({ ...WEBHOOK, enabled: false });
      await record(anEvent({ state_project: "shop" }));
      const before = await everythingStored();
      expect(await attemptOf(await test())).toMatchObject({ status });
      expect(sent).toHaveLength(1);
      expect(await everythingStored()).toEqual(before);
    },
  );

  it("sends nothing if the destination is not allowed any more, and says so", async () => {
    await subscribed({ ...WEBHOOK, url: "http://localhost:9999/" });
    const [row] = (await everythingStored())["subscriptions"] as { id: number }[];
    const strict = aService({ ALLOW_LOCAL_DESTINATIONS: "false" });
    const response = await strict.request(`/api/v1/events/subscriptions/project/shop/${row?.id}/test`, {
      method: "POST",
      headers: { Authorization: `Bearer ${await tokenOf({ groups: OWNER })}` },
    });
    expect(await attemptOf(response)).toMatchObject({ outcome: "refused", reason: expect.any(String) });
    expect(sent).toEqual([]);
  });

  it("fails before anything is sent if a variable is invalid, and names it", async () => {
    const { test } = await subscribed(WEBHOOK, { DELIVERY_TIMEOUT_SECONDS: "nonsense" });
    const problem = await problemOf(await test());
    expect(problem).toMatchObject({ status: 500, detail: expect.stringContaining("DELIVERY_TIMEOUT_SECONDS") });
    expect(sent).toEqual([]);
  });
});

describe("testing Slack", () => {
  it("posts a message that is marked as a sample, without a link to an event", async () => {
    const { test } = await subscribed(SLACK, { PUBLIC_URL: "https://tidings.example" });
    expect(await attemptOf(await test())).toMatchObject({ outcome: "delivered", status: 200 });
    const message = (await sent[0]?.text()) ?? "";
    expect(JSON.parse(message)).toMatchObject({ text: expect.stringContaining("(a sample)") });
    expect(message).not.toContain("https://tidings.example");
  });

  it("returns Slack's error", async () => {
    answer = () => new Response("no_service", { status: 404 });
    const { test } = await subscribed(SLACK);
    expect(await attemptOf(await test())).toMatchObject({ outcome: "gone", response: "no_service" });
  });

  it("waits for its turn if that comes soon", async () => {
    const world = await aWorld();
    const { context } = world;
    const [row] = await world.subscribe(SLACK);
    const waits: number[] = [];
    context.wait = async (milliseconds) => void waits.push(milliseconds);
    for (let message = 0; message < 3; message++) {
      await claimSlackTurn(context.db, SLACK.url, { now: context.now(), latest: context.now() + 60_000 });
    }
    await testSubscription(context, SHOP_OWNER, { project: "shop", id: `${row?.id}` });
    expect(waits).toEqual([3150]);
    expect(world.received).toHaveLength(1);
  });

  it("is a 503 with Retry-After if too many messages wait already, and sends nothing", async () => {
    const { test } = await subscribed(SLACK);
    await env.DB.prepare("INSERT INTO slack_gates (url, next_send_at) VALUES (?, ?)")
      .bind(SLACK.url, Date.now() + 20_000)
      .run();
    const response = await test();
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(15);
    expect((await problemOf(response)).status).toBe(503);
    expect(sent).toEqual([]);
  });
});
