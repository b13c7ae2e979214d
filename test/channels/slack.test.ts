import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slackPayload, slackRequest } from "../../src/channels/slack/slack-request.ts";
import type { Event } from "../../src/schemas/event.ts";
import { anEvent, aSlackMessage } from "./messages.ts";
import {
  expectHarmless,
  expectWithinLimits,
  hostileEvent,
  hostileText,
  linkedEvent,
  overTheWire,
  plain,
} from "./slack-messages.ts";
import { propertyRuns } from "../support/property-runs.ts";

const PUBLIC_URL = "https://tidings.example.com";
const NAMES = { state_project: "shop", state_environment: "production", state_deployment: "api" };

function headerOf(fields: Partial<Event>): string | undefined {
  return overTheWire(slackPayload([anEvent(fields)], {})).blocks[0]?.text?.text;
}

function fallback(fields: Partial<Event>): string {
  return slackPayload([anEvent(fields)], {}).text;
}

describe("a Slack message", () => {
  it("shows who did what, where and when", () => {
    const names = { ...NAMES, inventory_project: "shop", inventory_application: "api", inventory_version: "1.2" };
    const message = overTheWire(slackPayload([anEvent({ username: "ann", ...names })], {}, PUBLIC_URL));
    expect(message).toEqual({
      text: "ann redeployed api to production of shop",
      mrkdwn: false,
      parse: "none",
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        { type: "header", text: plain("ann redeployed api to production of shop") },
        {
          type: "section",
          fields: [
            plain("By: ann"),
            plain("Deployment: api"),
            plain("Environment: production"),
            plain("State project: shop"),
            plain("Release: 1.2"),
            plain("Application: api"),
            plain("Inventory project: shop"),
          ],
        },
        {
          type: "context",
          elements: [plain("2025-11-23 01:00:00 UTC"), plain("REDEPLOY_STATE_DEPLOYMENT"), linkedEvent("7")],
        },
      ],
    });
  });

  it("has no section and no link if they would be empty", () => {
    const { blocks } = slackPayload([anEvent({ type: "USER_SIGNUP" })], {});
    expect(blocks.map(({ type }) => type)).toEqual(["header", "context"]);
    expect(JSON.stringify(blocks)).not.toContain("mrkdwn");
  });

  it("appears under the name and icon of its subscription", () => {
    const named = slackPayload([anEvent()], { slackUsername: "Release\nbot <R&D>", slackIcon: ":rocket:" });
    expect(named).toMatchObject({ username: "Release[U+000A]bot &lt;R&amp;D&gt;", icon_emoji: ":rocket:" });
    expect(named).not.toHaveProperty("icon_url");
    const pictured = slackPayload([anEvent()], { slackIcon: "https://example.com/icon.png" });
    expect(pictured).toMatchObject({ icon_url: "https://example.com/icon.png" });
    expect(pictured).not.toHaveProperty("icon_emoji");
    expect(pictured).not.toHaveProperty("username");
  });

  it.each([
    ["<!channel>", "&lt;\u200B!channel&gt;"],
    ["*bold* _it_ ~no~ `code`", "*bold*"],
    [":tada:", ":tada:"],
    ["https://evil.example", "https://"],
    ["www.evil.example", "www.evil"],
    ["@here #general", "@here"],
    ["ann@example.com", "ann@example"],
    ["> quoted", "\n"],
  ])("does not let a user called %j mention, link, format or break a line", (username, forbidden) => {
    const text = fallback({ username });
    expect(text).not.toContain(forbidden);
    expect(text).not.toContain(username);
    expect(text.replaceAll("\u200B", "")).toBe(
      `${username.replaceAll("<", "&lt;").replaceAll(">", "&gt;")} redeployed something`,
    );
  });

  it("keeps a value on one line and in reading order", () => {
    expect(fallback({ username: "a\r\nb\u2028c\u0000d" })).toBe(
      "a[U+000D][U+000A]b[U+2028]c[U+0000]d redeployed something",
    );
    expect(fallback({ username: "\u202Eann\u2066\u200F" })).toBe("[U+202E]ann[U+2066][U+200F] redeployed something");
    expect(fallback({ username: " \n" })).toBe("[U+0020][U+000A] redeployed something");
  });

  it("never shows two names as one because of what cannot be seen", () => {
    const names = [
      "ann",
      "ann\u200B",
      "ann\u2061",
      "a\u00ADnn",
      "ann ",
      "ann\u00A0",
      "\u3164ann",
      "ann\n",
      "ann[U+200B]",
    ];
    const headers = names.map((username) => headerOf({ username }));
    expect(new Set(headers).size).toBe(names.length);
    expect(headers).toContain("ann[U+200B] redeployed something");
    expect(headers).toContain("ann[U+005B]U+200B] redeployed something");
    expect(headerOf({ username: "👩‍👩‍👧 می\u200Cخواهم" })).toBe("👩‍👩‍👧 می\u200Cخواهم redeployed something");
  });

  it("cuts no unseen character's name in two", () => {
    expect(headerOf({ username: "\u200B".repeat(100) })).toMatch(/^(?:\[U\+200B\])+… redeployed something$/);
  });

  it("shortens long names, but no words, in the header, and shows them in full below", () => {
    const long = { username: "u".repeat(255), ...NAMES };
    expect(headerOf(long)).toBe(`${"u".repeat(112)}… redeployed api to production of shop`);
    expect(JSON.stringify(slackPayload([anEvent(long)], {}).blocks)).toContain(`By: ${"u".repeat(255)}`);
  });

  it("cuts neither a character nor an entity in two", () => {
    expect(headerOf({ username: "🚀".repeat(100) })).toBe(`${"🚀".repeat(64)}… redeployed something`);
    expect(headerOf({ username: "&".repeat(100) })).toBe(`${"&amp;".repeat(25)}… redeployed something`);
  });

  it("keeps to Slack's limits and has no formatting or mentions, for any event", () => {
    const look = fc.record({ slackUsername: hostileText() }, { requiredKeys: [] });
    fc.assert(
      fc.property(hostileEvent(), look, fc.constantFrom(undefined, PUBLIC_URL), (event, named, publicUrl) => {
        const payload = slackPayload([event], named, publicUrl);
        expectWithinLimits(payload);
        expectHarmless(payload);
        expect(() => slackRequest(aSlackMessage(named, event), publicUrl)).not.toThrow();
      }),
      { numRuns: propertyRuns(10) },
    );
  });

  it("fits even if each name is as long as escaping can make it", () => {
    const name = "&".repeat(255);
    const everywhere = {
      username: name,
      state_project: name,
      state_environment: name,
      state_deployment: name,
      inventory_project: name,
      inventory_application: name,
      inventory_version: name,
    };
    expectWithinLimits(slackPayload([anEvent(everywhere)], {}, PUBLIC_URL));
  });
});
