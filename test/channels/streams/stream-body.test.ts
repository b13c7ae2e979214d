import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamFormat } from "../../../src/schemas/stream.ts";
import type { StreamKind } from "../../../src/schemas/stream-destinations.ts";
import type { StreamedEvent, StreamTarget } from "../../../src/channels/streams/stream-batch.ts";
import { bodyOf, writeEvents } from "../../../src/channels/streams/stream-body.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { ALL_TARGETS, anHttpTarget, aStreamedEvent, NOW } from "./batches.ts";

const MIB = 1024 * 1024;
const WRITING = { publicUrl: "https://tidings.example.com", nowMs: NOW };
const OPTIONS = { ...WRITING, maxBytes: MIB };

function writeBody(target: StreamTarget, events: StreamedEvent[]): string {
  return bodyOf(target, writeEvents(target, events, { ...WRITING, maxBytes: Number.POSITIVE_INFINITY }));
}

function anEventOf(bytes: number, id = 1, filler = "x") {
  return aStreamedEvent(id, { data: { text: filler.repeat(Math.floor(bytes / Buffer.byteLength(filler))) } });
}

/** An event that no producer can send. It stands for the largest that a later version might allow. */
function aHugeEvent(id: number) {
  const { json } = aStreamedEvent(id);
  return { id, json: `${json.slice(0, -1)},"data":{"text":"${"x".repeat(MIB)}"}}` };
}

/** The JSON of the events in a body of the format `tidings`, as a receiver finds them. */
function entriesOf(kind: StreamKind, body: string): string[] {
  if (kind === "datadog") return (JSON.parse(body) as { message: string }[]).map(({ message }) => message);
  const lines = body.split(/\r\n|[\n\r\u2028\u2029\u0085]/);
  expect(lines.pop()).toBe("");
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  return kind === "splunk_hec" ? lines.map((line) => line.slice(line.indexOf('"event":') + 8, -1)) : lines;
}

describe.each(ALL_TARGETS)("the body of a batch to %s", (_kind, kindTarget) => {
  it("is at most 1 MiB, and the next event would not fit", () => {
    const formats = fc.constantFrom<StreamFormat[]>("tidings", "cloudevents", "ocsf");
    const sizes = fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 60, maxLength: 200 });
    fc.assert(
      fc.property(formats, sizes, fc.constantFrom("x", '"', "語", "\u2028"), (format, lengths, filler) => {
        const target = { ...kindTarget, format };
        const events = lengths.map((length, id) => anEventOf(length / 3, id, filler));
        const written = writeEvents(target, events, OPTIONS);
        const { bytes } = written;
        const count = written.events.length;
        const bytesOf = (taken: number) => Buffer.byteLength(writeBody(target, events.slice(0, taken)));
        expect(bodyOf(target, written)).toBe(writeBody(target, events.slice(0, count)));
        expect(bytes).toBeLessThanOrEqual(MIB);
        expect(bytes - bytesOf(count)).toBeOneOf([1, 2]); // the brackets of an array, and its last comma
        if (count < events.length) expect(bytesOf(count + 1)).toBeGreaterThan(MIB - 2);
      }),
      { numRuns: propertyRuns(1) },
    );
  });

  it("holds hostile events whole, each in an entry of its own", () => {
    const hostile = 'a\nb\r\nc\u2028d\u2029e\u0085f"\\{}[],';
    const deep = Array.from({ length: 63 }).reduce<object>((inner) => ({ [hostile]: inner }), {});
    const events = [
      aStreamedEvent(1, { username: hostile, state_project: hostile, allowed_groups: [hostile] }),
      aStreamedEvent(2, { data: deep }),
      aStreamedEvent(3, { data: { text: hostile.repeat(1000) } }),
      aStreamedEvent(4, '{"timestamp": 0, "data": {"n": 1763859600123456789, "m": 1e400, "k": -0.10}}'),
    ];
    const written = entriesOf(kindTarget.kind, writeBody(kindTarget, events));
    expect(written).toEqual(events.map(({ json }) => json));
  });

  it("holds one event alone that is larger than 1 MiB", () => {
    const countOf = (...events: StreamedEvent[]) => writeEvents(kindTarget, events, OPTIONS).events.length;
    expect(countOf(aHugeEvent(1), aStreamedEvent(2))).toBe(1);
    expect(countOf(aStreamedEvent(1), aHugeEvent(2))).toBe(1);
    expect(countOf(aStreamedEvent(1), aStreamedEvent(2))).toBe(2);
    expect(countOf()).toBe(0);
  });
});

describe("an event in a body", () => {
  it("is a CloudEvent in structured mode, with the event as it is served", () => {
    const event = aStreamedEvent(7, '{"state_project": "shop", "data": {"n": 1.10}}');
    const line = writeBody(anHttpTarget({ format: "cloudevents" }), [event]);
    expect(JSON.parse(line)).toEqual({
      specversion: "1.0",
      id: "7",
      source: "https://tidings.example.com/api/v1/events",
      type: "REDEPLOY_STATE_DEPLOYMENT",
      time: "2025-11-23T01:00:00.123456789Z",
      subject: "state/shop",
      datacontenttype: "application/json",
      data: JSON.parse(event.json),
    });
    expect(line).toContain(`"data":${event.json}}`);
  });
});
