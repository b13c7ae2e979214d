import { describe, expect, it, vi } from "vitest";
import type { StreamOutcome, StreamTarget } from "../../../src/channels/streams/stream-batch.ts";
import { sendBatch } from "../../../src/channels/streams/send-batch.ts";
import { aTransport } from "../messages.ts";
import { aBatch, ALL_TARGETS, anHttpTarget, anS3Target, aSplunkTarget, exchanged, NOW } from "./batches.ts";

async function outcomeOf(target: StreamTarget, status: number, headers: HeadersInit = {}): Promise<StreamOutcome> {
  // Splunk's code makes a 2xx a success. The other kinds do not read it.
  const response = new Response(status === 204 ? null : '{"code":0}', { status, headers });
  return (await exchanged(target, { response })).report.outcome;
}

describe.each(ALL_TARGETS)("a batch to %s", (_kind, target) => {
  it.each([200, 202, 204])("has arrived if the status is %i", async (status) => {
    expect(await outcomeOf(target, status)).toEqual({ kind: "arrived" });
  });

  it("is too large if the status is 413, and refused if it is 400", async () => {
    expect(await outcomeOf(target, 413)).toMatchObject({ kind: "too_large", reason: "responded with 413" });
    expect(await outcomeOf(target, 400)).toMatchObject({ kind: "refused", reason: "responded with 400" });
  });

  it.each([301, 302, 307, 308])("is tried again if the status is %i, and no redirect is followed", async (status) => {
    const network = vi.fn<typeof fetch>(
      async () => new Response(null, { status, headers: { location: "https://elsewhere.example.com" } }),
    );
    const { outcome } = await sendBatch(target, aBatch(), aTransport(network));
    expect(outcome).toEqual({ kind: "retry", reason: `responded with ${status}: redirects are not followed` });
    expect(network).toHaveBeenCalledOnce();
    expect(network.mock.calls[0]?.[1]).toMatchObject({ redirect: "manual" });
  });

  it.each([401, 403, 404, 408, 410, 422, 425, 500, 502, 504])("is tried again if the status is %i", async (status) => {
    const outcome = await outcomeOf(target, status, { "retry-after": "77" });
    expect(outcome).toEqual({ kind: "retry", reason: expect.stringMatching(`^responded with ${status}`) });
  });

  it.each([429, 503])("waits as long as a %i asks, but at most an hour", async (status) => {
    const date = new Date(NOW + 90_000).toUTCString();
    for (const [retryAfter, afterSeconds] of [
      ["77", 77],
      [date, 90],
      ["3600", 3600],
      ["86400", 3600],
      ["0", 0],
    ] as const) {
      expect(await outcomeOf(target, status, { "retry-after": retryAfter })).toMatchObject({
        kind: "retry",
        afterSeconds,
      });
    }
    for (const unusable of ["soon", "-5", ""]) {
      expect(await outcomeOf(target, status, { "retry-after": unusable })).not.toHaveProperty("afterSeconds");
    }
  });

  it("is tried again after a timeout and after a lost connection, and the reason says which it was", async () => {
    const silent: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
    expect(await sendBatch(target, aBatch(), aTransport(silent, { timeoutSeconds: 0.02 }))).toEqual({
      outcome: { kind: "retry", reason: "no response within 0.02 s" },
      timedOut: true,
    });
    const failing = (message: string) => aTransport(() => Promise.reject(new TypeError(message)));
    const lost = await sendBatch(target, aBatch(), failing("connection to https://hidden/ refused"));
    expect(lost).toEqual({
      outcome: { kind: "retry", reason: "could not connect, or the connection was lost" },
      timedOut: false,
    });
    const noTls = await sendBatch(target, aBatch(), failing("TLS peer's certificate is not trusted; hidden"));
    expect(noTls.outcome).toEqual({ kind: "retry", reason: "no TLS connection could be made" });
  });

  it("has a report without the secret, even if the response repeats the whole request", async () => {
    const secret = Object.values(target.destination)
      .map(String)
      .find((value) => /^(?:hidden|whsec)/.test(value));
    for (const status of [200, 400, 403, 413, 500]) {
      const echo = JSON.stringify({ code: 0, "you sent": `${secret ?? ""} ${secret ?? ""}` });
      const { report } = await exchanged(target, { response: new Response(echo, { status }) });
      expect(report.response).toBe('{"code":0,"you sent":"… …"}');
      expect(JSON.stringify(report)).not.toContain(secret);
    }
  });

  it("keeps the first KiB of the response", async () => {
    const response = new Response(`{"code":0}${" ".repeat(2000)}`, { status: 200 });
    expect((await exchanged(target, { response })).report.response).toHaveLength(1024);
  });
});

describe("the destination of a batch", () => {
  it.each([
    [anHttpTarget({}, { url: "http://receiver.example.com/hidden" }), "the destination's url must start with https://"],
    [aSplunkTarget({ url: "https://10.0.0.1/hidden" }), /^the destination's url must name its host/],
    [aSplunkTarget({ url: "https://splunk.internal/hidden" }), /^the destination's url must be on a public host/],
    [anS3Target({ endpoint: "https://localhost/hidden" }), /^the destination's endpoint must be on a public host/],
    [
      anS3Target({ endpoint: "https://s3.example.com/?hidden" }),
      "the destination's endpoint must not have a query or a fragment",
    ],
  ])("is checked again before each attempt: %#", async (target, message) => {
    const network = vi.fn<typeof fetch>();
    const { outcome } = await sendBatch(target, aBatch(), aTransport(network));
    expect(outcome).toEqual({ kind: "retry", reason: expect.stringMatching(message) });
    expect(JSON.stringify(outcome)).not.toContain("hidden");
    expect(network).not.toHaveBeenCalled();
  });

  it("may be local in development", async () => {
    const { request } = await exchanged(anS3Target({ endpoint: "http://127.0.0.1:9000/" }), {
      allowLocalDestinations: true,
    });
    expect(request.url).toMatch("http://127.0.0.1:9000/audit-trail/3/");
  });

  it("gets no request if the batch cannot be signed", async () => {
    const network = vi.fn<typeof fetch>();
    for (const signing_secret of ["whsec_", "whsec_not base64!"]) {
      const report = await sendBatch(anHttpTarget({}, { signing_secret }), aBatch(), aTransport(network));
      expect(report.outcome).toEqual({ kind: "retry", reason: "the request could not be made or signed" });
    }
    expect(network).not.toHaveBeenCalled();
  });
});
