import { CloudEvent, HTTP } from "cloudevents";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cloudEventHeaders } from "../../src/schemas/cloud-event.ts";
import { webhookRequest } from "../../src/channels/webhook.ts";
import { EVENT_TYPES, type Event } from "../../src/schemas/event.ts";
import { aName } from "../support/arbitraries.ts";
import { anEvent, aWebhookMessage } from "./messages.ts";
import { propertyRuns } from "../support/property-runs.ts";

const PUBLIC_URL = "https://tidings.example.com";
const DEPLOYMENT = { state_project: "shop", state_environment: "production", state_deployment: "api" };
const RELEASE = { inventory_project: "store", inventory_application: "web", inventory_version: "1.2" };

/** Reads the request of a webhook as a CloudEvent, with strict checks, with the SDK of the CloudEvents project. */
async function received(event: Event, publicUrl?: string): Promise<CloudEvent<unknown>> {
  const message = aWebhookMessage({}, event);
  const request = new Request("https://receiver.example.com", {
    method: "POST",
    ...(await webhookRequest(message, { now: Date.now, publicUrl })),
  });
  const arrived = { headers: Object.fromEntries(request.headers), body: await request.text() };
  expect(HTTP.isEvent(arrived)).toBe(true);
  const cloudEvent = HTTP.toEvent(arrived);
  if (!(cloudEvent instanceof CloudEvent)) throw new Error("arrived as a batch");
  cloudEvent.validate();
  return cloudEvent;
}

/** Does the one round of percent-decoding that the HTTP binding requires of a receiver. The SDK does not do it. */
function attribute(header: string | undefined): string | undefined {
  return header === undefined ? undefined : decodeURIComponent(header);
}

/** Reads the names in a subject as a receiver does. */
function namesIn(subject: string | undefined): string[] {
  return attribute(subject)?.split("/").map(decodeURIComponent) ?? [];
}

function subjectOf(fields: Partial<Event>): string | undefined {
  return cloudEventHeaders(anEvent(fields))["ce-subject"];
}

describe("a webhook's request", () => {
  it("is a CloudEvent whose data is the event as it is served", async () => {
    const event = anEvent({ username: "ann", ...DEPLOYMENT, data: { replicas: 3 } });
    const cloudEvent = await received(event, PUBLIC_URL);
    expect(cloudEvent).toMatchObject({
      specversion: "1.0",
      id: "7",
      source: "https://tidings.example.com/api/v1/events",
      type: "REDEPLOY_STATE_DEPLOYMENT",
      subject: "state/shop/production/api",
      datacontenttype: "application/json",
      data: event,
    });
  });

  it.each(EVENT_TYPES)("is one for %s, without place and public URL too", async (type) => {
    const cloudEvent = await received(anEvent({ type }));
    expect(cloudEvent).toMatchObject({ source: "/api/v1/events", type });
    expect(cloudEvent.subject).toBeUndefined();
  });

  it("is one, and keeps every name, whatever the names are", async () => {
    const names = fc.array(aName(), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(names, async ([state_project, state_environment, state_deployment]) => {
        const places = { state_project, state_environment, state_deployment };
        const event = anEvent(JSON.parse(JSON.stringify(places)));
        const { subject, id } = await received(event, PUBLIC_URL);
        expect(namesIn(subject)).toEqual(["state", ...Object.values(places).filter((name) => name !== undefined)]);
        expect(attribute(subject)).not.toMatch(/[\p{Cc}\p{Noncharacter_Code_Point}]/u); // CloudEvents, "Type system"
        expect(id).toBe("7");
      }),
      { numRuns: propertyRuns(5) },
    );
  });
});

describe("a CloudEvent's header", () => {
  it.each([
    ["Euro € 😀", "state/Euro%20%E2%82%AC%20%F0%9F%98%80"], // the binding's own example
    ['a"b', "state/a%22b"],
    ["a%b", "state/a%2525b"],
    ["a/b", "state/a%252Fb"],
    ["a\r\nx-injected: 1", "state/a%250D%250Ax-injected:%201"],
    ["\u007F\u0085", "state/%257F%25C2%2585"],
    ["!#$&'()*+,-.:;<=>?@[\\]^_`{|}~", "state/!#$&'()*+,-.:;<=>?@[\\]^_`{|}~"],
  ])("spells the project %j as the binding asks", (state_project, subject) => {
    expect(subjectOf({ state_project })).toBe(subject);
  });

  it.each([
    ["0", "1970-01-01T00:00:00.000000000Z"],
    ["1", "1970-01-01T00:00:00.000000001Z"],
    ["1763859600123456789", "2025-11-23T01:00:00.123456789Z"],
    ["1763859600999999999", "2025-11-23T01:00:00.999999999Z"],
    ["9999999999999999999", "2286-11-20T17:46:39.999999999Z"],
  ])("tells %s ns to the last digit", (timestamp, time) => {
    expect(cloudEventHeaders(anEvent({ timestamp }))["ce-time"]).toBe(time);
  });

  it("names the most specific place, of the state before the inventory", () => {
    expect(subjectOf({ state_project: "shop" })).toBe("state/shop");
    expect(subjectOf(RELEASE)).toBe("inventory/store/web/1.2");
    expect(subjectOf({ ...RELEASE, state_project: "shop", state_environment: "production" })).toBe(
      "state/shop/production",
    );
    expect(subjectOf({ username: "ann" })).toBeUndefined();
  });

  it("is left out where it would be too long for a server, and only there", () => {
    const longest = "語".repeat(255);
    const everywhere = { state_project: longest, state_environment: longest, state_deployment: longest };
    expect(subjectOf(everywhere)).toHaveLength("state///".length + 3 * 255 * 9);
    const unassigned = "\uFFFE".repeat(255);
    expect(
      subjectOf({ state_project: unassigned, state_environment: unassigned, state_deployment: unassigned }),
    ).toBeUndefined();
  });
});
