import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BEFORE_ID, dataOf, eventJsonAfterId, parseEventFacts } from "../../src/schemas/event-json.ts";
import { Event, NewEvent } from "../../src/schemas/event.ts";
import { writeJson } from "../../src/lib/json-writer.ts";
import { aName, aSentEvent } from "../support/arbitraries.ts";
import { propertyRuns } from "../support/property-runs.ts";

/** Events with any names as places, as username and in `data`. */
const anyEvent = fc
  .array(aName(), { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc.record({ event: aSentEvent(names), name: aName(), data: fc.option(fc.dictionary(aName(), aName())) }),
  )
  .map(({ event, name, data }) => ({ ...event, username: name, ...(data && { data }) }));

const RECORDED_AT = Date.parse("2026-11-29T02:05:17.488Z");

/** Returns the JSON text of an event as it is stored. In the service, SQL inserts the ID. */
function jsonOf(sent: unknown): string {
  const event = NewEvent.parse(sent);
  return `${BEFORE_ID}7${eventJsonAfterId({ ...event, timestamp: event.timestamp ?? "5" }, RECORDED_AT)}`;
}

describe("the JSON of an event", () => {
  it("is an event of the schema that the API describes, whatever was sent", () => {
    fc.assert(
      fc.property(anyEvent, (sent) => {
        const event = Event.parse(JSON.parse(jsonOf(sent)));
        const { data: _, ...facts } = sent;
        expect(event).toMatchObject({ ...facts, id: "7", recorded_at: "2026-11-29T02:05:17.488Z" });
      }),
      { numRuns: propertyRuns(10) },
    );
  });

  it("is read again in two parts, which together are the whole", () => {
    fc.assert(
      fc.property(anyEvent, (sent) => {
        const json = jsonOf(sent);
        const { data, ...facts } = JSON.parse(json);
        expect(parseEventFacts(json)).toEqual(facts);
        expect(dataOf(json)).toBe(data === undefined ? undefined : writeJson(data));
      }),
      { numRuns: propertyRuns(10) },
    );
  });

  it("has no text before its groups or its data that could be taken for their beginning", () => {
    const hostile = [`,"data":{`, `","data":{`, String.raw`\",\"data\":{`, `,"allowed_groups":[`, `,"allowed_roles":[`];
    for (const name of hostile) {
      const places = { inventory_project: name, inventory_application: name, state_project: name };
      const sent = { type: "ADD_BUILD", username: name, ...places, allowed_groups: hostile };
      expect(parseEventFacts(jsonOf(sent))).toMatchObject(sent);
      expect(dataOf(jsonOf(sent))).toBeUndefined();
      const data = { [name]: name, data: { data: {} } };
      expect(parseEventFacts(jsonOf({ ...sent, data }))).toMatchObject(sent);
      expect(dataOf(jsonOf({ ...sent, data }))).toBe(writeJson(data));
    }
  });
});
