import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OCSF_ACTIVITIES, OCSF_VERSION } from "../../../src/channels/streams/ocsf-activities.ts";
import { ocsfJson } from "../../../src/channels/streams/ocsf-event.ts";
import { parseExactJson } from "../../../src/lib/exact-json.ts";
import { EVENT_TYPES } from "../../../src/schemas/event.ts";
import { aName, aSentEvent } from "../../support/arbitraries.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { aStreamedEvent } from "./batches.ts";
import { OCSF, ocsfFaults } from "./ocsf-definition.ts";

const PUBLIC_URL = "https://tidings.example.com";
const EVERYTHING = {
  username: "ann",
  inventory_project: "store",
  inventory_application: "web",
  inventory_version: "1.2",
  state_project: "shop",
  state_environment: "production",
  state_deployment: "api",
  allowed_groups: ["payments"],
  data: { replicas: 3 },
};

function formatted(sent: object | string, publicUrl?: string) {
  return JSON.parse(ocsfJson(aStreamedEvent(7, sent).json, publicUrl));
}

describe("the definition of the class Entity Management", () => {
  it("is of the version that every event names", () => {
    expect(OCSF.version).toBe(OCSF_VERSION);
    expect(formatted({}).metadata.version).toBe(OCSF_VERSION);
  });

  it("finds faults", () => {
    const event = formatted(EVERYTHING);
    const { metadata, entity, ...rest } = event;
    const wrong: [object, string][] = [
      [rest, "metadata: is required"],
      [{ ...event, activity_id: "1" }, "activity_id"],
      [{ ...event, activity_id: 77 }, "activity_id: is not one of the values"],
      [{ ...event, severity: "Fatal" }, "severity: is not the caption of severity_id 1"],
      [{ ...event, type_uid: 300401 }, "type_uid: is not calculated as it should be"],
      [{ ...event, time: "now" }, "time: is no integer"],
      [{ ...event, colour: "red" }, "colour: is not an attribute"],
      [{ ...event, entity: { type: "Deployment", type_id: 99 } }, "entity: needs one of name, uid"],
      [{ ...event, entity: { ...entity, type: "Usr", type_id: 2 } }, "entity.type: is not the caption of type_id 2"],
      [{ ...event, metadata: { ...metadata, product: undefined } }, "metadata.product: is required"],
      [{ ...event, actor: { invoked_by: "ann" } }, "actor.invoked_by: is deprecated since 1.2.0"],
    ];
    for (const [bad, message] of wrong) {
      const faults = ocsfFaults({ ...bad });
      expect(faults.filter((fault) => fault.startsWith(message))).not.toEqual([]);
    }
  });
});

describe("an event in the OCSF format", () => {
  it.each(EVENT_TYPES)("is valid by the published definition if it is a %s", (type) => {
    for (const event of [formatted({ ...EVERYTHING, type }, PUBLIC_URL), formatted({ type })]) {
      expect(ocsfFaults(event)).toEqual([]);
      expect(event.type_uid).toBe(300_400 + OCSF_ACTIVITIES[type].activityId);
    }
  });

  it("has every fact of the event", () => {
    expect(formatted(EVERYTHING, PUBLIC_URL)).toEqual({
      category_uid: 3,
      category_name: "Identity & Access Management",
      class_uid: 3004,
      class_name: "Entity Management",
      activity_id: 99,
      activity_name: "Redeploy",
      type_uid: 300_499,
      type_name: "Entity Management: Redeploy",
      severity_id: 1,
      severity: "Informational",
      time: 1763859600123,
      message: "ann redeployed api to production of shop",
      actor: { user: { name: "ann" } },
      entity: { type_id: 99, type: "Deployment", name: "api", uid: "state/shop/production/api" },
      metadata: {
        version: "1.8.0",
        product: { name: "Tidings", url_string: "https://tidings.example.com" },
        uid: "7",
        event_code: "REDEPLOY_STATE_DEPLOYMENT",
        original_time: "1763859600123456789",
        logged_time: Date.parse("2025-11-23T01:00:00.871Z"),
      },
      unmapped: {
        inventory_project: "store",
        inventory_application: "web",
        inventory_version: "1.2",
        state_project: "shop",
        state_environment: "production",
        state_deployment: "api",
        allowed_groups: ["payments"],
        data: { replicas: 3 },
      },
    });
  });

  it.each([
    ["CREATE_INVENTORY_PROJECT", { type: "Inventory project", name: "store", uid: "inventory/store" }],
    ["UPLOAD_INVENTORY_APPLICATION", { type: "Release", name: "1.2", uid: "inventory/store/web/1.2" }],
    ["CREATE_STATE_ENVIRONMENT", { type: "Environment", name: "production", uid: "state/shop/production" }],
    ["UPDATE_STATE_PROJECT_USER_ACL", { type_id: 5, type: "Policy", name: "shop", uid: "state/shop" }],
    ["USER_SIGNUP", { type_id: 2, type: "User", name: "ann" }],
    ["TEAM_CREATED", { type_id: 3, type: "Group", name: "unknown" }],
    ["ADD_BUILD", { type: "Build", name: "unknown" }],
  ])("has the thing that changed as its entity: %s", (type, entity) => {
    expect(formatted({ ...EVERYTHING, type }).entity).toEqual({ type_id: 99, ...entity });
  });

  it("has the name `unknown` if the event does not name the entity", () => {
    const event = formatted({ state_project: "shop" });
    expect(event.entity).toEqual({ type_id: 99, type: "Deployment", name: "unknown" });
    expect(event.unmapped).toEqual({ state_project: "shop" });
    expect(formatted({})).not.toHaveProperty("unmapped");
    expect(formatted({})).not.toHaveProperty("actor");
    expect(formatted({ allowed_groups: [] }).unmapped).toEqual({ allowed_groups: [] });
  });

  it.each([
    ["0", 0],
    ["5", 0],
    ["1763859600123456789", 1763859600123],
    ["9999999999999999999", 9999999999999],
  ])("has the timestamp %s in milliseconds, and in full", (timestamp, time) => {
    const event = formatted({ timestamp });
    expect([event.time, event.metadata.original_time]).toEqual([time, timestamp]);
    expect(ocsfFaults(event)).toEqual([]);
  });

  it("keeps every digit of the numbers in data", () => {
    const json = ocsfJson(aStreamedEvent(7, '{"data": {"n": 12345678901234567890.10, "m": 1e400}}').json, undefined);
    expect(json).toContain('"unmapped":{"data":{"n":12345678901234567890.10,"m":1e400}}');
    expect(parseExactJson(json)).toBeInstanceOf(Object);
  });

  it("shows invisible characters in its message", () => {
    expect(formatted({ username: "ann\u202Enna" }).message).not.toContain("\u202E");
    expect(formatted({ username: "ann\u202Enna" }).actor.user.name).toBe("ann\u202Enna");
  });

  it("is valid and has every name, whatever the names are", () => {
    const anyEvent = fc
      .array(aName(), { minLength: 1, maxLength: 4 })
      .chain((names) => fc.record({ event: aSentEvent(names), name: aName(), type: fc.constantFrom(...EVENT_TYPES) }));
    fc.assert(
      fc.property(anyEvent, ({ event: sent, name, type }) => {
        const event = formatted({ ...sent, type, username: name, data: { [name]: name } });
        expect(ocsfFaults(event)).toEqual([]);
        const { type: _, ...facts } = sent;
        expect(event.unmapped).toMatchObject(facts);
        expect(event.unmapped.data).toEqual(JSON.parse(JSON.stringify({ [name]: name })));
        expect(event.actor.user.name).toBe(name);
      }),
      { numRuns: propertyRuns(20) },
    );
  });
});
