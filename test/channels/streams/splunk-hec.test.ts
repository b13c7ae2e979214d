import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splunkTime } from "../../../src/channels/streams/splunk-hec.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { aBatch, aSplunkTarget, aStreamedEvent, exchanged } from "./batches.ts";

/** Splunk's response, as an HTTP Event Collector sends it. */
function reply(status: number, body: object | string): Response {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { "content-type": "application/json; charset=UTF-8" } });
}

async function outcomeOf(status: number, body: object | string) {
  return (await exchanged(aSplunkTarget(), { response: reply(status, body) })).report.outcome;
}

describe("a batch to Splunk", () => {
  it("is a POST of JSON objects one after another, with the token", async () => {
    const events = [
      aStreamedEvent(7, '{"username": "ann", "data": {"n": 1.10}}'),
      aStreamedEvent(8, { timestamp: "5" }),
    ];
    const target = aSplunkTarget({ index: "audit", source: "tidings", sourcetype: "_json" });
    const { request, body, report } = await exchanged(target, {
      batch: aBatch(...events),
      response: reply(200, { text: "Success", code: 0 }),
    });
    expect(report.outcome).toEqual({ kind: "arrived" });
    expect([request.method, request.url]).toEqual(["POST", "https://splunk.example.com:8088/services/collector/event"]);
    expect(Object.fromEntries(request.headers)).toEqual({
      "content-type": "application/json",
      "user-agent": "Tidings/1.0",
      authorization: "Splunk hidden-token",
    });
    const metadata = '"source":"tidings","sourcetype":"_json","index":"audit"';
    expect(body).toBe(
      `{"time":1763859600.123456789,${metadata},"event":${events[0]?.json}}\n` +
        `{"time":0.000000005,${metadata},"event":${events[1]?.json}}\n`,
    );
  });

  it("leaves the metadata to the token if the stream has none", async () => {
    const { body } = await exchanged(aSplunkTarget(), { batch: aBatch(aStreamedEvent(7)) });
    expect(Object.keys(JSON.parse(body))).toEqual(["time", "event"]);
  });

  it("can hold CloudEvents and OCSF", async () => {
    const format = async (name: "cloudevents" | "ocsf") =>
      JSON.parse((await exchanged({ ...aSplunkTarget(), format: name }, { batch: aBatch(aStreamedEvent(7)) })).body)
        .event;
    expect(await format("cloudevents")).toMatchObject({ specversion: "1.0", data: { id: "7" } });
    expect(await format("ocsf")).toMatchObject({ class_uid: 3004, metadata: { uid: "7" } });
  });
});

describe("the time of an event in Splunk", () => {
  it.each([
    ["0", "0.000000000"],
    ["1", "0.000000001"],
    ["999999999", "0.999999999"],
    ["1000000000", "1.000000000"],
    ["1763859600123456789", "1763859600.123456789"],
    ["9999999999999999999", "9999999999.999999999"],
  ])("of %s ns is %s s", (timestamp, time) => {
    expect(splunkTime(timestamp)).toBe(time);
  });

  it("has the digits of the timestamp, and is a JSON number", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_999_999_999_999_999_999n }), (timestamp) => {
        const time = splunkTime(String(timestamp));
        expect(BigInt(time.replace(".", ""))).toBe(timestamp);
        expect(JSON.parse(time)).toBeCloseTo(Number(timestamp) / 1e9, 3);
      }),
      { numRuns: propertyRuns(50) },
    );
  });
});

describe("a response of Splunk", () => {
  it.each([200, 201])("with the status %i and a code that is not 0 is a failure", async (status) => {
    expect(await outcomeOf(status, { text: "Server is busy", code: 9 })).toEqual({
      kind: "retry",
      reason: `responded with ${status} and Splunk's code 9, the server is busy`,
    });
    expect(await outcomeOf(status, { text: "new in a later version", code: 77 })).toEqual({
      kind: "retry",
      reason: `responded with ${status} and Splunk's code 77`,
    });
  });

  it("with the status 200 is a success if its body does not contradict that", async () => {
    for (const body of [
      { text: "Success", code: 0 },
      { text: "Success", code: 0, ackId: 5 },
      { ok: true },
      "",
      " \n",
    ]) {
      expect(await outcomeOf(200, body)).toEqual({ kind: "arrived" });
    }
  });

  it("is a failure if its body is the page of another server", async () => {
    for (const page of ["<!doctype html><title>Sign in</title>", "OK then", "[]", '{"code":"0"}', '{"code":0']) {
      expect(await outcomeOf(200, page)).toEqual({
        kind: "retry",
        reason: "responded with 200, but not as an HTTP Event Collector does",
      });
    }
  });

  it("names the event that Splunk refused", async () => {
    const refused = { kind: "refused", reason: "responded with 400: Splunk's code 6, the data was not accepted" };
    const body = (index: unknown) => ({ text: "Invalid data format", code: 6, "invalid-event-number": index });
    expect(await outcomeOf(400, body(1))).toEqual({ ...refused, eventId: 9 });
    expect(await outcomeOf(400, body(0))).toEqual({ ...refused, eventId: 7 });
    for (const wrong of [2, -1, 0.5, undefined]) expect(await outcomeOf(400, body(wrong))).toEqual(refused);
    expect(await outcomeOf(400, "bad request")).toEqual({ kind: "refused", reason: "responded with 400" });
  });

  it.each([
    [403, 1, "the token is disabled"],
    [403, 4, "the token is not valid"],
    [401, 3, "the Authorization header was not accepted"],
    [500, 8, "an internal error"],
  ])("with %i and code %i gives the reason in words", async (status, code, words) => {
    expect(await outcomeOf(status, { text: "Splunk's own words", code })).toEqual({
      kind: "retry",
      reason: `responded with ${status}: Splunk's code ${code}, ${words}`,
    });
  });
});
