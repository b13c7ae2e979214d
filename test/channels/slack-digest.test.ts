import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countThatFit } from "../../src/channels/slack/slack-digest.ts";
import { slackPayload, slackRequest } from "../../src/channels/slack/slack-request.ts";
import { EVENT_TYPES, type Event } from "../../src/schemas/event.ts";
import { anEvent, aSlackMessage } from "./messages.ts";
import {
  expectHarmless,
  expectWithinLimits,
  hostileEvent,
  linkedEvent,
  overTheWire,
  plain,
  textsOf,
} from "./slack-messages.ts";
import { propertyRuns } from "../support/property-runs.ts";

const PUBLIC_URL = "https://tidings.example.com";

const DEPLOYMENT = { state_project: "shop", state_environment: "production", state_deployment: "api" };
const deployed = anEvent({ id: "7", username: "ann", ...DEPLOYMENT });
const signedUp = anEvent({ id: "8", type: "USER_SIGNUP", username: "ben", timestamp: "1763859661000000000" });
const released = anEvent({
  id: "9",
  type: "UPLOAD_INVENTORY_APPLICATION",
  username: "cem",
  inventory_project: "shop",
  inventory_application: "api",
  inventory_version: "1",
});

function titleOf(...events: Event[]): string | undefined {
  return overTheWire(slackPayload(events, {})).blocks[0]?.text?.text;
}

function fallbackOf(...events: Event[]): string {
  return slackPayload(events, {}).text;
}

/** Divides a burst of events into messages. Each message has as many events as fit. */
function messagesOf(events: readonly Event[], publicUrl?: string): Event[][] {
  const messages: Event[][] = [];
  for (let rest = events; rest.length > 0;) {
    const count = countThatFit(rest, publicUrl);
    messages.push(rest.slice(0, count));
    rest = rest.slice(count);
  }
  return messages;
}

/** Returns the IDs of the events in a message, in the order of the message. */
function idsIn(events: readonly Event[], publicUrl: string | undefined): string[] {
  return textsOf(slackPayload(events, {}, publicUrl)).flatMap(({ type, text }) => {
    const id = (type === "mrkdwn" ? /\|Event (\d+)>$/ : /^Event (\d+)$/).exec(text)?.[1];
    return id === undefined ? [] : [id];
  });
}

describe("several events in one Slack message", () => {
  it("are counted, then listed with time, type and a link", () => {
    expect(overTheWire(slackPayload([deployed, released], { slackIcon: ":rocket:" }, PUBLIC_URL))).toEqual({
      text: "2 events in shop – ann redeployed api to production of shop; cem uploaded release 1 of api in shop",
      mrkdwn: false,
      parse: "none",
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
      icon_emoji: ":rocket:",
      blocks: [
        { type: "header", text: plain("2 events in shop") },
        { type: "section", text: plain("ann redeployed api to production of shop") },
        {
          type: "context",
          elements: [plain("2025-11-23 01:00:00 UTC"), plain("REDEPLOY_STATE_DEPLOYMENT"), linkedEvent("7")],
        },
        { type: "section", text: plain("cem uploaded release 1 of api in shop") },
        {
          type: "context",
          elements: [plain("2025-11-23 01:00:00 UTC"), plain("UPLOAD_INVENTORY_APPLICATION"), linkedEvent("9")],
        },
      ],
    });
  });

  it("show their IDs if there is no URL to link to", () => {
    const context = overTheWire(slackPayload([deployed, signedUp], {})).blocks[4];
    expect(context?.elements).toEqual([plain("2025-11-23 01:01:01 UTC"), plain("USER_SIGNUP"), plain("Event 8")]);
  });

  it("are titled with a project only if they share it, as a state or an inventory project", () => {
    expect(titleOf(deployed, deployed, released)).toBe("3 events in shop");
    expect(titleOf(deployed, signedUp)).toBe("2 events");
    expect(titleOf(signedUp, signedUp)).toBe("2 events");
    expect(titleOf(deployed, anEvent({ state_project: "Shop" }))).toBe("2 events");
    const inBoth = anEvent({ state_project: "web", inventory_project: "shop" });
    expect(titleOf(inBoth, released)).toBe("2 events in shop");
  });

  it("are summarised: as many as fit in a notification, and the number of the others", () => {
    const events = Array.from({ length: 20 }, () => deployed);
    const sentence = "ann redeployed api to production of shop";
    expect(fallbackOf(...events)).toBe(`20 events in shop – ${`${sentence}; `.repeat(13)}and 7 more`);
    expect(fallbackOf(...events).length).toBeLessThanOrEqual(600);
  });

  it("keep our words and their IDs where names are long", () => {
    const long = anEvent({ id: "11", username: "u".repeat(255), state_project: "p".repeat(255) });
    const { blocks } = overTheWire(slackPayload([long, long], {}));
    expect(blocks[0]?.text?.text).toBe(`2 events in ${"p".repeat(137)}…`);
    expect(blocks[1]?.text?.text).toMatch(/^u{130,}… redeployed something to p{130,}…$/);
    expect(blocks[2]?.elements).toContainEqual(plain("Event 11"));
  });

  it("cannot mention, link, format or break a line", () => {
    const hostile = anEvent({ username: "<!channel>\n*@here*", state_project: "https://evil.example" });
    expect(fallbackOf(hostile, hostile)).toMatch(
      /^2 events in https:\u200B\/\/evil\.\u200Bexample – &lt;!channel\u200B&gt;\[U\+000A\]\*\u200B@\u200Bhere\*\u200B redeployed/,
    );
    expectHarmless(slackPayload([hostile, hostile], {}, PUBLIC_URL));
  });
});

describe("a burst", () => {
  it("of 100 ordinary events becomes 5 messages", () => {
    const burst = Array.from({ length: 100 }, (_, index) =>
      anEvent({
        id: String(1_000_000 + index),
        type: EVENT_TYPES[index % EVENT_TYPES.length] ?? "ADD_BUILD",
        username: "katharina.bauer",
        state_project: "storefront",
        state_environment: "production-eu",
        state_deployment: "checkout-service",
      }),
    );
    expect(messagesOf(burst, PUBLIC_URL).map(({ length }) => length)).toEqual([24, 24, 24, 24, 4]);
  });

  it("of events whose names are all 255 characters long still tells of ten and more in a message", () => {
    const name = "n".repeat(255);
    const long = anEvent({ username: name, state_project: name, state_environment: name, state_deployment: name });
    expect(
      countThatFit(
        Array.from({ length: 50 }, () => long),
        PUBLIC_URL,
      ),
    ).toBeGreaterThanOrEqual(10);
  });

  it("of one, or of none, is what it is", () => {
    expect(countThatFit([deployed])).toBe(1);
    expect(countThatFit([])).toBe(0);
  });

  it("is cut into messages that hold Slack's limits, lose nothing, keep the order and harm nobody", () => {
    const burst = fc.array(hostileEvent(), { minLength: 1, maxLength: 60, size: "max" });
    fc.assert(
      fc.property(burst, fc.constantFrom(undefined, PUBLIC_URL), (events, publicUrl) => {
        const messages = messagesOf(events, publicUrl);
        expect(messages.flat()).toEqual(events);
        for (const message of messages) {
          const payload = slackPayload(message, {}, publicUrl);
          expectWithinLimits(payload);
          expectHarmless(payload);
          if (message.length > 1) expect(idsIn(message, publicUrl)).toEqual(message.map(({ id }) => id));
        }
      }),
      { numRuns: propertyRuns(), endOnFailure: true }, // to shrink sixty events would take minutes
    );
  });

  it("is never sent as a message that is over the limits", () => {
    const burst = Array.from({ length: 25 }, () => deployed);
    expect(() => slackRequest(aSlackMessage({}, ...burst))).toThrow("do not fit in one Slack message");
    expect(() => slackRequest({ ...aSlackMessage(), events: [] })).toThrow("at least one event");
  });
});
