import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamFormat } from "../../../src/schemas/stream.ts";
import { countFitting, writeBody } from "../../../src/channels/streams/stream-body.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { ALL_TARGETS, anHttpTarget, aStreamedEvent, NOW } from "./batches.ts";

const MIB = 1024 * 1024;
const OPTIONS = { publicUrl: "https://tidings.example.com", nowMs: NOW };

function anEventOf(bytes: number, id = 1, filler = "x") {
  return aStreamedEvent(id, { data: { text: filler.repeat(Math.floor(bytes / Buffer.byteLength(filler))) } });
}

/** An event that no producer can send. It stands for the largest that a later version might allow. */
function aHugeEvent(id: number) {
  const { json } = aStreamedEvent(id);
  return { id, json: `${json.slice(0, -1)},"data":{"text":"${"x".repeat(MIB)}"}}` };
}

describe.each(ALL_TARGETS)("the body of a batch to %s", (_kind, kindTarget) => {
  it("is at most 1 MiB, and the next event would not fit", () => {
    const formats = fc.constantFrom<StreamFormat[]>("tidings", "cloudevents", "ocsf");
    const sizes = fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 60, maxLength: 200 });
    fc.assert(
      fc.property(formats, sizes, fc.constantFrom("x", '"', "語", "\u2028"), (format, lengths, filler) => {
        const target = { ...kindTarget, format };
        const events = lengths.map((length, id) => anEventOf(length / 3, id, filler));
        const count = countFitting(target, events, OPTIONS);
        const bytes = (taken: number) => Buffer.byteLength(writeBody(target, events.slice(0, taken), OPTIONS));
        expect(bytes(count)).toBeLessThanOrEqual(MIB);
        if (count < events.length) expect(bytes(count + 1)).toBeGreaterThan(MIB - 2); // the two brackets
      }),
      { numRuns: propertyRuns(1) },
    );
  });

  it("holds one event alone that is larger than 1 MiB", () => {
    expect(countFitting(kindTarget, [aHugeEvent(1), aStreamedEvent(2)], OPTIONS)).toBe(1);
    expect(countFitting(kindTarget, [aStreamedEvent(1), aHugeEvent(2)], OPTIONS)).toBe(1);
    expect(countFitting(kindTarget, [aStreamedEvent(1), aStreamedEvent(2)], OPTIONS)).toBe(2);
    expect(countFitting(kindTarget, [], OPTIONS)).toBe(0);
  });
});

describe("an event in a body", () => {
  it("is a CloudEvent in structured mode, with the event as it is served", () => {
    const event = aStreamedEvent(7, '{"state_project": "shop", "data": {"n": 1.10}}');
    const line = writeBody(anHttpTarget({ format: "cloudevents" }), [event], OPTIONS);
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
