import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { elementsOf, signedIn, textsOf, wordsOf } from "./browser.ts";
import { OWNER, secretOf, subscribed } from "./subscribing.ts";

const service = aService();
const owner = await signedIn(service, { groups: OWNER });
const SLACK = { type: "slack", url: "https://hooks.slack.com/services/T/B/x" };

/** The response of the receiver. */
let answer: () => Response;

beforeEach(async () => {
  await forgetEverything();
  answer = () => new Response("thanks");
  vi.stubGlobal("fetch", async () => answer());
});

afterEach(() => void vi.unstubAllGlobals());

describe("a test", () => {
  it("shows its result", async () => {
    const { path } = await subscribed(service);
    const page = await owner.send(`${path}/test`, {});
    const words = await wordsOf(page);
    expect(words).toContain("Delivered, status 200 after");
    expect(words).toContain("The text of the response: thanks");
    expect((await elementsOf(page, "#test [role=status]")).length).toBe(1);
  });

  it.each([
    [404, "Nothing at this URL accepts a POST."],
    [405, "Nothing at this URL accepts a POST."],
    [401, "The receiver denied access."],
    [403, "The receiver denied access."],
    [302, "Redirects are not followed"],
    [500, "The receiver failed."],
    [410, "An event would have disabled this subscription"],
    [429, "limits the number of requests"],
    [418, "Its response and its logs may show why"],
  ])("with the response %i says what to do", async (status, advice) => {
    const { path } = await subscribed(service);
    answer = () => new Response("<script>alert(1)</script>", { status });
    const page = await owner.send(`${path}/test`, {});
    const words = await wordsOf(page);
    expect(words).toMatch(new RegExp(String.raw`Not delivered after [\d,]+ ms: .*\b${status}\b`));
    expect(words).toContain(advice);
    expect(words).toContain("<script>alert(1)</script>");
    expect((await elementsOf(page, "script")).length).toBe(0);
  });

  it.each([
    ["enabled = 1", undefined],
    ["enabled = 0", "Deliveries are held until you enable the subscription."],
    ["failing_since = 1, probe_delivery_id = 1", "To make it now, redeliver one of the deliveries"],
  ])("that is delivered says why other deliveries are held: %s", async (state, words) => {
    const { id, path } = await subscribed(service);
    await env.DB.prepare(`UPDATE subscriptions SET ${state} WHERE id = ?`).bind(id).run();
    const said = await textsOf(await owner.send(`${path}/test`, {}), "#test .result p:not(.muted)");
    expect(said.slice(2)).toEqual(words === undefined ? [] : [expect.stringContaining(words)]);
  });

  it("shows the text of the response line by line", async () => {
    const { path } = await subscribed(service);
    answer = () => new Response("upstream connect error\r\nsee the logs", { status: 503 });
    const lines = await elementsOf(await owner.send(`${path}/test`, {}), ".receiver-response span");
    expect(lines.map(({ text }) => text)).toEqual(["upstream connect error", "see the logs"]);
  });

  it("without a response says so", async () => {
    const { path } = await subscribed(service);
    answer = () => {
      throw new TypeError("connection refused");
    };
    expect(await wordsOf(await owner.send(`${path}/test`, {}))).toContain("There was no response.");
  });

  it("of a busy Slack URL says so beside the button", async () => {
    const { path } = await subscribed(service, SLACK);
    await env.DB.prepare("INSERT INTO slack_gates (url, next_send_at) VALUES (?, ?)")
      .bind(SLACK.url, Date.now() + 20_000)
      .run();
    const page = await owner.send(`${path}/test`, {});
    expect(page.status).toBe(503);
    expect(Number(page.headers.get("Retry-After"))).toBeGreaterThan(15);
    expect((await elementsOf(page, "#test [role=alert] bdi"))[0]?.text).toContain("which takes one message a second");
  });
});

describe("the signing secret", () => {
  it("is shown on request, and never cached", async () => {
    const { id, path } = await subscribed(service);
    const page = await owner.send(`${path}/secret`, {});
    expect(page.headers.get("Cache-Control")).toContain("no-store");
    expect((await elementsOf(page, "#secret pre"))[0]?.text).toBe(await secretOf(id));
    expect(await wordsOf(page)).toContain("new Webhook(secret).verify(body, headers)");
  });

  it("is rotated, and shown once; messages are also signed with the old one", async () => {
    const { id, path } = await subscribed(service);
    const old = await secretOf(id);
    const page = await owner.send(`${path}/rotate`, {});
    const fresh = await secretOf(id);
    expect(fresh).not.toBe(old);
    expect((await elementsOf(page, "#secret pre"))[0]?.text).toBe(fresh);
    expect(await wordsOf(page)).toContain("For 24 hours messages are also signed with the previous one");
    const later = await owner.open(path);
    expect(await wordsOf(later)).toContain(
      "Messages are also signed with the previous secret, which expires in 23 hours",
    );
    for (const secret of [old, fresh]) expect(await later.clone().text()).not.toContain(secret);
    await env.DB.prepare("UPDATE subscriptions SET previous_secrets = json_set(previous_secrets, '$[0].expires_at', ?)")
      .bind(Date.now() - 1)
      .run();
    expect(await wordsOf(await owner.open(path))).not.toContain("the previous secret, which expires");
  });

  it("that was rotated too often stays, with the reason beside the button", async () => {
    const { id, path } = await subscribed(service);
    for (let time = 0; time < 10; time++) await owner.send(`${path}/rotate`, {});
    const secret = await secretOf(id);
    const page = await owner.send(`${path}/rotate`, {});
    expect(page.status).toBe(409);
    expect((await elementsOf(page, "#secret [role=alert] bdi"))[0]?.text).toContain(
      "The secret was rotated 10 times in the last 24 hours",
    );
    expect((await elementsOf(page, "title"))[0]?.text).toMatch(/^Error: /);
    expect(await page.clone().text()).not.toContain(secret);
  });

  it("does not exist for Slack", async () => {
    const { id, path } = await subscribed(service, SLACK);
    expect((await elementsOf(await owner.open(path), "#secret")).length).toBe(0);
    for (const action of ["secret", "rotate"]) {
      const page = await owner.send(`${path}/${action}`, {});
      expect(page.status).toBe(409);
      expect(await page.clone().text()).not.toContain(await secretOf(id));
    }
  });
});
