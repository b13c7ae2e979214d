import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { newSigningSecret } from "../../../src/channels/signature.ts";
import { aBatch, anHttpTarget, aStreamedEvent, exchanged, NOW } from "./batches.ts";
import { SECRET } from "../messages.ts";

describe("a batch to an HTTP receiver", () => {
  it("is a POST of one event a line, as they are served, with the IDs of the first and the last", async () => {
    const batch = aBatch(
      aStreamedEvent(7, { username: "ann" }),
      aStreamedEvent(12, '{"data": {"n": 9007199254740993.10}}'),
    );
    const { request, report, body } = await exchanged(anHttpTarget(), {
      batch,
      response: new Response("thanks", { status: 202 }),
    });
    expect(report).toEqual({ outcome: { kind: "arrived" }, status: 202, response: "thanks", timedOut: false });
    expect([request.method, request.url]).toEqual(["POST", "https://receiver.example.com/in?key=hidden"]);
    expect(Object.fromEntries(request.headers)).toEqual({
      "content-type": "application/x-ndjson",
      "user-agent": "Tidings/1.0",
      "webhook-id": "stream_3_7",
      "webhook-timestamp": String(NOW / 1000),
      "webhook-signature": expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
      "tidings-first-id": "7",
      "tidings-last-id": "12",
    });
    expect(body).toBe(batch.events.map(({ json }) => `${json}\n`).join(""));
    expect(body).toContain('"data":{"n":9007199254740993.10}');
  });

  it.each([24, 32, 64])(
    "has a signature that the reference library verifies, with a secret of %i bytes",
    async (length) => {
      const secret = newSigningSecret(() => crypto.getRandomValues(new Uint8Array(length)));
      const batch = aBatch(aStreamedEvent(1, { username: "ann \u2028 語" }));
      const { request, body } = await exchanged(anHttpTarget({}, { signing_secret: secret }), { batch, now: Date.now });
      const headers = Object.fromEntries(request.headers);
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
      expect(() => new Webhook(secret).verify(`${body}\n`, headers)).toThrow("No matching signature");
      expect(() => new Webhook(SECRET).verify(body, headers)).toThrow("No matching signature");
    },
  );

  it("has a signature that the reference library makes too, with several events", async () => {
    const { request, body } = await exchanged(anHttpTarget());
    expect(body.trimEnd().split("\n")).toHaveLength(2);
    const at = new Date(Number(request.headers.get("webhook-timestamp")) * 1000);
    expect(request.headers.get("webhook-signature")).toBe(new Webhook(SECRET).sign("stream_3_7", at, body));
  });

  it("is the same when it is sent again, except for the time and the signature", async () => {
    const [one, again] = [
      await exchanged(anHttpTarget()),
      await exchanged(anHttpTarget(), { now: () => NOW + 30_000 }),
    ];
    expect(again.body).toBe(one.body);
    expect(again.request.headers.get("webhook-id")).toBe(one.request.headers.get("webhook-id"));
    expect(Number(again.request.headers.get("webhook-timestamp"))).toBe(NOW / 1000 + 30);
    expect(again.request.headers.get("webhook-signature")).not.toBe(one.request.headers.get("webhook-signature"));
  });

  it("has one line for each event, whatever characters the events contain", async () => {
    const hostile = "a\nb\r\nc\u2028d\u2029e\u0085f";
    const deep = Array.from({ length: 63 }).reduce<object>((inner) => ({ inner }), {});
    const events = [
      aStreamedEvent(1, {
        username: hostile,
        state_project: hostile,
        allowed_groups: [hostile],
        data: { [hostile]: hostile },
      }),
      aStreamedEvent(2, { data: deep }),
      aStreamedEvent(3, { data: { text: "x".repeat(32_000) } }),
      aStreamedEvent(4, '{"data": {"n": 1763859600123456789}}'),
    ];
    for (const format of ["tidings", "cloudevents", "ocsf"] as const) {
      const { body } = await exchanged(anHttpTarget({ format }), { batch: aBatch(...events) });
      const lines = body.split(/\r\n|[\n\r\u2028\u2029\u0085]/);
      expect(lines.pop()).toBe("");
      expect(lines).toHaveLength(events.length);
      for (const line of lines) expect(JSON.parse(line)).toBeInstanceOf(Object);
      expect(lines[3]).toContain('"n":1763859600123456789');
    }
  });
});
