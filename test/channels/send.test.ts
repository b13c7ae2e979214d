import { Webhook } from "standardwebhooks";
import { describe, expect, it, vi } from "vitest";
import type { Outcome } from "../../src/channels/classify.ts";
import { sendMessage } from "../../src/channels/send.ts";
import { aSlackMessage, aWebhookMessage, anEvent, aTransport, OLD_SECRET, SECRET } from "./messages.ts";

const HASTE = { timeoutSeconds: 0.02 };

type Fetch = typeof fetch;

function answering(answer: () => Response) {
  return vi.fn<Fetch>(async () => answer());
}

function failing(message: string): Fetch {
  return () => Promise.reject(new TypeError(message));
}

/** A receiver that accepts the connection and never responds. */
function silent(_input: unknown, init?: RequestInit): Promise<Response> {
  return new Promise((_, reject) => {
    init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
  });
}

async function requestOf(network: ReturnType<typeof answering>): Promise<Request> {
  const [input, init] = network.mock.calls[0] ?? [];
  return new Request(input ?? "", init);
}

describe("a webhook message", () => {
  it("is a POST of the event as it is served, with the headers of Standard Webhooks and CloudEvents", async () => {
    const network = answering(() => new Response("thanks", { status: 202 }));
    const message = { ...aWebhookMessage(), body: '{"id":"7","data":{"n":1.10}}' };
    const report = await sendMessage(message, aTransport(network));
    expect(report).toEqual({ outcome: { kind: "delivered" }, status: 202, response: "thanks", timedOut: false });
    const request = await requestOf(network);
    expect([request.method, request.url]).toEqual(["POST", "https://receiver.example.com/hook"]);
    expect(await request.text()).toBe(message.body);
    expect(Object.fromEntries(request.headers)).toEqual({
      "content-type": "application/json",
      "user-agent": "Tidings/1.0",
      "webhook-id": "msg_1",
      "webhook-timestamp": "1614265330",
      "webhook-signature": expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
      "ce-specversion": "1.0",
      "ce-id": "7",
      "ce-source": "/api/v1/events",
      "ce-type": "REDEPLOY_STATE_DEPLOYMENT",
      "ce-time": "2025-11-23T01:00:00.123456789Z",
    });
  });

  it("carries the log's checkpoint in base64, if there is one", async () => {
    const network = answering(() => new Response());
    const checkpoint = "log.example/one\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— log.example/one AAAA\n";
    await sendMessage({ ...aWebhookMessage(), checkpoint }, aTransport(network));
    const header = (await requestOf(network)).headers.get("tidings-checkpoint") ?? "";
    expect(Buffer.from(header, "base64").toString("utf8")).toBe(checkpoint);
  });

  it("names the service's public URL as the event's source", async () => {
    const network = answering(() => new Response());
    await sendMessage(aWebhookMessage(), aTransport(network, { publicUrl: "https://tidings.example.com" }));
    const { headers } = await requestOf(network);
    expect(headers.get("ce-source")).toBe("https://tidings.example.com/api/v1/events");
  });

  it("verifies with the reference library, by either secret of a rotation", async () => {
    const network = answering(() => new Response());
    await sendMessage(
      aWebhookMessage({ signingSecrets: [SECRET, OLD_SECRET] }),
      aTransport(network, { now: Date.now }),
    );
    const request = await requestOf(network);
    const body = await request.text();
    for (const secret of [SECRET, OLD_SECRET]) {
      expect(new Webhook(secret).verify(body, Object.fromEntries(request.headers))).toEqual(anEvent());
    }
  });

  it.each([[[]], [["whsec_not base64!"]], [["whsec_"]]])("never goes out unsigned: %j", async (signingSecrets) => {
    const network = answering(() => new Response());
    const report = await sendMessage(aWebhookMessage({ signingSecrets }), aTransport(network));
    expect(report.outcome).toEqual({ kind: "refused", reason: "the request could not be made or signed" });
    expect(network).not.toHaveBeenCalled();
  });
});

describe("a Slack message", () => {
  it("is a POST of JSON, unsigned", async () => {
    const network = answering(() => new Response("ok"));
    const message = aSlackMessage({ slackIcon: ":rocket:" }, anEvent({ username: "ann" }));
    const report = await sendMessage(message, aTransport(network, { publicUrl: "https://tidings.example.com" }));
    expect(report).toEqual({ outcome: { kind: "delivered" }, status: 200, response: "ok", timedOut: false });
    const request = await requestOf(network);
    expect(Object.fromEntries(request.headers)).toEqual({
      "content-type": "application/json",
      "user-agent": "Tidings/1.0",
    });
    expect(await request.json()).toMatchObject({ text: "ann redeployed something", icon_emoji: ":rocket:" });
  });

  it("contains several events, and is not sent if they do not fit", async () => {
    const network = answering(() => new Response("ok"));
    const events = Array.from({ length: 25 }, () => anEvent({ state_project: "shop" }));
    await sendMessage(aSlackMessage({}, ...events.slice(1)), aTransport(network));
    expect(await (await requestOf(network)).json()).toMatchObject({
      text: expect.stringMatching(/^24 events in shop – /),
    });
    expect(await sendMessage(aSlackMessage({}, ...events), aTransport(network))).toEqual({
      outcome: { kind: "refused", reason: "the request could not be made or signed" },
      timedOut: false,
    });
    expect(network).toHaveBeenCalledOnce();
  });

  it("is gone if Slack's response has such an error code", async () => {
    const network = answering(() => new Response("no_service", { status: 404 }));
    const report = await sendMessage(aSlackMessage(), aTransport(network));
    expect(report).toMatchObject({ outcome: { kind: "gone", reason: "Slack responded with no_service" }, status: 404 });
  });
});

describe("an attempt", () => {
  it("checks the destination again, and sends nothing to one that is not allowed", async () => {
    const network = answering(() => new Response());
    const message = aWebhookMessage({ url: "https://ann:hunter2@receiver.example.com/hook" });
    const reason = "the destination's URL must not contain a user name or password";
    expect(await sendMessage(message, aTransport(network))).toEqual({
      outcome: { kind: "refused", reason },
      timedOut: false,
    });
    expect(network).not.toHaveBeenCalled();
  });

  it("goes to a local destination if these are allowed", async () => {
    const network = answering(() => new Response());
    const local = aWebhookMessage({ url: "http://localhost:9000/hook" });
    const report = await sendMessage(local, aTransport(network, { allowLocalDestinations: true }));
    expect(report.outcome).toEqual({ kind: "delivered" });
  });

  it("does not follow a redirect", async () => {
    const network = answering(() => Response.redirect("https://elsewhere.example.com/", 302));
    const report = await sendMessage(aWebhookMessage(), aTransport(network));
    expect(report).toMatchObject({ outcome: { kind: "retry" }, status: 302 });
    expect(network).toHaveBeenCalledExactlyOnceWith(
      "https://receiver.example.com/hook",
      expect.objectContaining({ redirect: "manual" }),
    );
  });

  it("passes on the receiver's own wish when to come again", async () => {
    const headers = { "retry-after": "Thu, 25 Feb 2021 15:02:40 GMT" };
    const network = answering(() => new Response(null, { status: 503, headers }));
    expect(await sendMessage(aWebhookMessage(), aTransport(network))).toEqual({
      outcome: { kind: "retry", reason: "responded with 503", afterSeconds: 30 },
      status: 503,
      timedOut: false,
    });
  });

  it("keeps the first 1 KiB of the answer, never half a character", async () => {
    const network = answering(() => new Response(`a${"é".repeat(1000)}`, { status: 500 }));
    expect((await sendMessage(aWebhookMessage(), aTransport(network))).response).toBe(`a${"é".repeat(511)}`);
  });

  it("reads no more than it needs of an answer without end", async () => {
    let chunks = 0;
    const cancelled = vi.fn<() => void>();
    const endless = new ReadableStream({
      pull(controller) {
        chunks += 1;
        controller.enqueue(new TextEncoder().encode("x".repeat(1024)));
      },
      cancel: cancelled,
    });
    const report = await sendMessage(aWebhookMessage(), aTransport(answering(() => new Response(endless))));
    expect(report).toEqual({
      outcome: { kind: "delivered" },
      status: 200,
      response: "x".repeat(1024),
      timedOut: false,
    });
    expect(chunks).toBeLessThanOrEqual(66);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it("keeps nothing after 64 KiB, and reads no further", async () => {
    const sizes: number[] = [];
    const chunk = new Uint8Array(40 * 1024).fill("y".charCodeAt(0));
    const large = new ReadableStream(
      {
        pull(controller) {
          sizes.push(chunk.byteLength);
          controller.enqueue(chunk);
        },
        cancel: () => new Promise(() => {}), // the cancellation never ends, and the attempt does not wait for it
      },
      { highWaterMark: 0 },
    );
    const report = await sendMessage(aSlackMessage(), aTransport(answering(() => new Response(large))));
    expect(report).toMatchObject({ outcome: { kind: "delivered" }, response: "y".repeat(1024) });
    expect(sizes).toHaveLength(2);
  });

  it("limits a compressed response even if its Content-Length is short", async () => {
    let chunks = 0;
    const bomb = new ReadableStream({
      pull(controller) {
        chunks += 1;
        controller.enqueue(new TextEncoder().encode("x".repeat(1024)));
      },
    });
    const headers = { "Content-Length": "900", "Content-Encoding": "gzip" };
    await sendMessage(aWebhookMessage(), aTransport(answering(() => new Response(bomb, { headers }))));
    expect(chunks).toBeLessThanOrEqual(66);
  });

  it("that gets no answer in time is retried", async () => {
    expect(await sendMessage(aWebhookMessage(), aTransport(silent, HASTE))).toEqual({
      outcome: { kind: "retry", reason: "no response within 0.02 s" },
      timedOut: true,
    });
  });

  it("ends in time even if the network ignores the deadline", async () => {
    const deaf: Fetch = () => new Promise(() => {});
    expect(await sendMessage(aWebhookMessage(), aTransport(deaf, HASTE))).toMatchObject({
      outcome: { kind: "retry", reason: "no response within 0.02 s" },
      timedOut: true,
    });
  });

  it("is over a second after the headers, however much comes of the body, and keeps what came", async () => {
    const trickle = new ReadableStream({
      async pull(controller) {
        await scheduler.wait(100);
        controller.enqueue(new Uint8Array([120]));
      },
    });
    const startedAt = Date.now();
    const report = await sendMessage(aWebhookMessage(), aTransport(answering(() => new Response(trickle))));
    expect(report).toMatchObject({ outcome: { kind: "delivered" }, status: 200, timedOut: false });
    expect(report.response).toMatch(/^x{3,12}$/);
    expect(Date.now() - startedAt).toBeLessThan(3000);
  });

  it("keeps what came of a body that stops halfway, and cancels the rest", async () => {
    const cancelled = vi.fn<() => void>();
    const stuck = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("almost")),
      cancel: cancelled,
    });
    expect(await sendMessage(aWebhookMessage(), aTransport(answering(() => new Response(stuck))))).toEqual({
      outcome: { kind: "delivered" },
      status: 200,
      response: "almost",
      timedOut: false,
    });
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it.each<[number, Outcome["kind"]]>([
    [204, "delivered"],
    [410, "gone"],
    [500, "retry"],
  ])("whose connection breaks in the middle of a body has the outcome of its status %i", async (status, kind) => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    const body = status === 204 ? null : broken;
    const report = await sendMessage(aWebhookMessage(), aTransport(answering(() => new Response(body, { status }))));
    expect(report).toMatchObject({ outcome: { kind }, status, timedOut: false });
    expect(report.response).toBeUndefined();
  });

  it("that is asked to wait says so before it reads the body", async () => {
    const steps: string[] = [];
    const slow = new ReadableStream({
      async pull(controller) {
        await scheduler.wait(50);
        steps.push("body");
        controller.close();
      },
    });
    const answer = () => new Response(slow, { status: 429, headers: { "retry-after": "15" } });
    const onRetryAfter = (seconds: number) => void steps.push(`wait ${seconds} s`);
    await sendMessage(aSlackMessage(), aTransport(answering(answer), { onRetryAfter }));
    expect(steps).toEqual(["wait 15 s", "body"]);
  });

  it.each([
    ["connection refused to https://receiver.example.com/hook", "could not connect, or the connection was lost"],
    ["TLS peer's certificate is not trusted", "no TLS connection could be made"],
  ])("that fails with %j is retried for a reason that tells no secret", async (message, reason) => {
    expect(await sendMessage(aWebhookMessage(), aTransport(failing(message)))).toEqual({
      outcome: { kind: "retry", reason },
      timedOut: false,
    });
  });
});
