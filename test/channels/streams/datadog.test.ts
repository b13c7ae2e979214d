import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../../../src/lib/time.ts";
import { aBatch, aDatadogTarget, aStreamedEvent, exchanged, NOW } from "./batches.ts";

const FRESH = `${NOW - HOUR_MS}000000`;

async function outcomeOf(status: number, body = "{}") {
  return (await exchanged(aDatadogTarget(), { response: new Response(body, { status }) })).report.outcome;
}

describe("a batch to Datadog", () => {
  it("is a POST of a compressed array, whose messages are the events as JSON text", async () => {
    const events = [
      aStreamedEvent(7, `{"timestamp": ${FRESH}, "data": {"n": 9007199254740993.10}}`),
      aStreamedEvent(8, { timestamp: FRESH, username: 'ann "\u2028\\' }),
    ];
    const { request, body, report } = await exchanged(aDatadogTarget({ tags: "env:prod,team:a", service: "audit" }), {
      batch: aBatch(...events),
      response: new Response("{}", { status: 202 }),
    });
    expect(report.outcome).toEqual({ kind: "arrived" });
    expect([request.method, request.url]).toEqual(["POST", "https://http-intake.logs.datadoghq.eu/api/v2/logs"]);
    expect(Object.fromEntries(request.headers)).toEqual({
      "content-type": "application/json",
      "content-encoding": "gzip",
      "user-agent": "Tidings/1.0",
      "dd-api-key": "hidden-key",
    });
    expect(JSON.parse(body)).toEqual(
      events.map(({ json }) => ({
        ddsource: "tidings",
        ddtags: "env:prod,team:a",
        service: "audit",
        timestamp: NOW - HOUR_MS,
        message: json,
      })),
    );
  });

  it("can have its tags from an array, and another service", async () => {
    const { body } = await exchanged(aDatadogTarget({ tags: ["env:prod", "team:a"] }));
    expect(JSON.parse(body)[0]).toMatchObject({ ddtags: "env:prod,team:a", service: "tidings" });
    expect(JSON.parse((await exchanged(aDatadogTarget())).body)[0]).not.toHaveProperty("ddtags");
  });

  it("can hold OCSF", async () => {
    const { body } = await exchanged({ ...aDatadogTarget(), format: "ocsf" });
    expect(JSON.parse(JSON.parse(body)[0].message)).toMatchObject({ class_uid: 3004 });
  });
});

describe("an event that Datadog would not accept because of its time", () => {
  const at = (hours: number) => ({ timestamp: `${NOW + hours * HOUR_MS}000000` });

  it("is sent with the time of sending, and the report says so", async () => {
    const events = [at(-19), { timestamp: "5" }, at(3), at(-17), at(1)].map((sent, id) => aStreamedEvent(id, sent));
    const { body, report } = await exchanged(aDatadogTarget(), { batch: aBatch(...events) });
    const sent = JSON.parse(body) as { timestamp: number; message: string }[];
    const hour = (entry: { timestamp: number }) => (entry.timestamp - NOW) / HOUR_MS;
    expect(sent.map(hour)).toEqual([0, 0, 0, -17, 1]);
    expect(sent.map(({ message }) => message)).toEqual(events.map(({ json }) => json));
    expect(report.outcome).toEqual({
      kind: "arrived",
      notice:
        "Datadog accepts no log from more than 18 hours ago or more than 2 hours ahead: 3 of the last 5 events were sent " +
        "with the time of sending as their date",
    });
  });

  it("is not mentioned if the batch did not arrive", async () => {
    const batch = aBatch(aStreamedEvent(1, at(-100)));
    const { report } = await exchanged(aDatadogTarget(), { batch, response: new Response("", { status: 500 }) });
    expect(report.outcome).toEqual({ kind: "retry", reason: "responded with 500" });
  });
});

describe("a response of Datadog", () => {
  it.each([
    [202, { kind: "arrived" }],
    [413, { kind: "too_large", reason: "responded with 413" }],
    [400, { kind: "refused", reason: "responded with 400" }],
    [401, { kind: "retry", reason: "responded with 401: no API key arrived" }],
    [403, { kind: "retry", reason: "responded with 403: the API key was not accepted, or is of another Datadog site" }],
    [
      404,
      {
        kind: "retry",
        reason: "responded with 404: the URL is not that of the logs intake, which ends in /api/v2/logs",
      },
    ],
    [408, { kind: "retry", reason: "responded with 408" }],
  ])("with the status %i", async (status, outcome) => {
    expect(await outcomeOf(status, '{"errors":[{"title":"hidden"}]}')).toEqual(outcome);
  });
});
