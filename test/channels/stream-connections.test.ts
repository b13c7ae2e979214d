import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { describe, expect, inject, it } from "vitest";
import { sendBatch } from "../../src/channels/streams/send-batch.ts";
import type { StreamTarget } from "../../src/channels/streams/stream-batch.ts";
import type { Arrival, RequestedResponse } from "../support/loopback-receiver.ts";
import { sha256 } from "../../src/lib/crypto.ts";
import { aTransport } from "./messages.ts";
import { aBatch, ALL_TARGETS, anS3Target, writtenFor } from "./streams/batches.ts";

const UNREADABLE: Record<string, RequestedResponse> = {
  "that says gzip and is none": { headers: { "Content-Encoding": "gzip" }, body: btoa("certainly not gzip") },
  "that is cut short": { headers: { "Content-Length": "1000" }, body: btoa('{"text":"Succ'), ending: "cut" },
  "that is cut short in chunks": { body: btoa('{"text":"Succ'), ending: "cut" },
  "that never ends": { body: btoa('{"text":"Succ'), ending: "hang" },
  "that never comes": { headers: { "Content-Length": "1000" }, body: "", ending: "hang" },
};

const transport = aTransport(fetch, { allowLocalDestinations: true, now: Date.now });

function addressed(target: StreamTarget, path: string): StreamTarget {
  const url = `${inject("receiverUrl")}${path}`;
  return target.kind === "s3"
    ? anS3Target({ endpoint: url })
    : ({ ...target, destination: { ...target.destination, url } } as StreamTarget); // every other kind has a url
}

function responding(target: StreamTarget, response: RequestedResponse): StreamTarget {
  return addressed(target, `/unreadable?response=${encodeURIComponent(JSON.stringify(response))}`);
}

async function arrivalsAt(path: string): Promise<Arrival[]> {
  return (await fetch(`${inject("receiverUrl")}${path}`)).json();
}

/** The endpoint of S3 cannot have a query, which tells the receiver how to respond. */
const WITH_QUERY = ALL_TARGETS.filter(([kind]) => kind !== "s3");

describe.concurrent.each(WITH_QUERY)("a batch to %s over a real connection", (kind, target) => {
  it.each(Object.entries(UNREADABLE))("with a response %s", async (_name, response) => {
    const outcomeOf = async (status: number, headers: Record<string, string> = {}) => {
      const wanted = { status, ...response, headers: { ...response.headers, ...headers } };
      return (await sendBatch(responding(target, wanted), writtenFor(target, aBatch(), transport), transport)).outcome;
    };
    const outcomes = await Promise.all([outcomeOf(200), outcomeOf(503, { "Retry-After": "77" }), outcomeOf(413)]);
    // Only Splunk says in the body whether the events were accepted.
    const broken = { kind: "retry", reason: "responded with 200, but the response broke off" };
    expect(outcomes).toEqual([
      kind === "splunk_hec" ? broken : { kind: "arrived", ...noticeOf(kind) },
      { kind: "retry", reason: "responded with 503", afterSeconds: 77 },
      { kind: "too_large", reason: "responded with 413" },
    ]);
  });

  it("follows no redirect", async () => {
    const location = `${inject("receiverUrl")}/redirected-${kind}`;
    const redirecting = responding(target, { status: 307, headers: { location } });
    const report = await sendBatch(redirecting, writtenFor(target, aBatch(), transport), transport);
    expect(report).toMatchObject({
      outcome: { kind: "retry", reason: "responded with 307: redirects are not followed" },
    });
    expect(await arrivalsAt(`/redirected-${kind}`)).toEqual([]);
  });
});

/** The events of the tests are older than Datadog accepts. */
function noticeOf(kind: string): object {
  return kind === "datadog" ? { notice: expect.stringContaining("2 of the last 2 events") } : {};
}

describe.each(ALL_TARGETS)("the body of a request to %s", (kind, target) => {
  it("arrives as it was signed and compressed", async () => {
    const path = `/arrives-${kind}`;
    await sendBatch(addressed(target, path), writtenFor(target, aBatch(), transport), transport);
    const key = "/audit-trail/3/2025/11/23/01/0000000000000007-0000000000000009.ndjson.gz";
    const [arrival] = await arrivalsAt(kind === "s3" ? `${path}${key}` : path);
    const bytes = Buffer.from(arrival?.base64 ?? "", "base64");
    expect(arrival?.headers["content-length"]).toBe(String(bytes.byteLength));
    const isCompressed = kind === "s3" || kind === "datadog";
    expect(arrival?.headers["content-encoding"]).toBe(isCompressed ? "gzip" : undefined);
    const text = (isCompressed ? gunzipSync(bytes) : bytes).toString("utf8");
    for (const { json } of aBatch().events) expect(text).toContain(kind === "datadog" ? JSON.stringify(json) : json);
    if (kind === "s3") expect(arrival?.headers["x-amz-content-sha256"]).toBe(sha256(bytes, "hex"));
  });
});
