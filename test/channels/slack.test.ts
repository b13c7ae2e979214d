import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slackPayload, type SlackPayload } from "../../src/channels/slack.ts";
import { EVENT_TYPES, type Event } from "../../src/schemas/event.ts";
import { anEvent } from "./messages.ts";

const NAMES = { state_project: "shop", state_environment: "production", state_deployment: "api" };

interface ShownBlock {
  type: string;
  text?: { type: string; text: string; emoji?: boolean };
  fields?: { type: string; text: string; emoji?: boolean }[];
  elements?: { type: string; text: string; emoji?: boolean }[];
}

/** The message as Slack would get it. */
function overTheWire(message: SlackPayload): Omit<SlackPayload, "blocks"> & { blocks: ShownBlock[] } {
  return JSON.parse(JSON.stringify(message));
}

function textsOf(message: SlackPayload) {
  return overTheWire(message).blocks.flatMap(({ text, fields = [], elements = [] }) => [
    ...(text === undefined ? [] : [text]),
    ...fields,
    ...elements,
  ]);
}

function plain(text: string) {
  return { type: "plain_text", text, emoji: false };
}

function headerOf(fields: Partial<Event>): string | undefined {
  return overTheWire(slackPayload(anEvent(fields), {})).blocks[0]?.text?.text;
}

function fallback(fields: Partial<Event>): string {
  return slackPayload(anEvent(fields), {}).text;
}

describe("a Slack message", () => {
  it("says at a glance who did what, where and when", () => {
    const names = { ...NAMES, inventory_project: "shop", inventory_application: "api", inventory_version: "1.2" };
    const message = overTheWire(
      slackPayload(anEvent({ username: "ann", ...names }), {}, "https://tidings.example.com"),
    );
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
          elements: [
            plain("2025-11-23 01:00:00 UTC"),
            plain("REDEPLOY_STATE_DEPLOYMENT"),
            { type: "mrkdwn", text: "<https://tidings.example.com/api/v1/events/7|Event 7>", verbatim: true },
          ],
        },
      ],
    });
  });

  it("has no section and no link where there is nothing to put in them", () => {
    const { blocks } = slackPayload(anEvent({ type: "USER_SIGNUP" }), {});
    expect(blocks.map(({ type }) => type)).toEqual(["header", "context"]);
    expect(JSON.stringify(blocks)).not.toContain("mrkdwn");
  });

  it("appears under the name and icon of its subscription", () => {
    const named = slackPayload(anEvent(), { slackUsername: "Release\nbot <R&D>", slackIcon: ":rocket:" });
    expect(named).toMatchObject({ username: "Release bot &lt;R&amp;D&gt;", icon_emoji: ":rocket:" });
    expect(named).not.toHaveProperty("icon_url");
    const pictured = slackPayload(anEvent(), { slackIcon: "https://example.com/icon.png" });
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
    expect(fallback({ username: "a\r\nb\u0085c\u2028d\u2029e\tf\u0000g" })).toBe("a b c d e f g redeployed something");
    expect(fallback({ username: "\u202Eann\u2066\u200F" })).toBe("ann redeployed something");
    expect(fallback({ username: " \n" })).toBe("(blank) redeployed something");
  });

  it("shortens long names in the header, where our words stay whole, and tells them in full below", () => {
    const long = { username: "u".repeat(255), ...NAMES };
    expect(headerOf(long)).toBe(`${"u".repeat(112)}… redeployed api to production of shop`);
    expect(JSON.stringify(slackPayload(anEvent(long), {}).blocks)).toContain(`By: ${"u".repeat(255)}`);
  });

  it("cuts neither a character nor an entity in two", () => {
    expect(headerOf({ username: "🚀".repeat(100) })).toBe(`${"🚀".repeat(64)}… redeployed something`);
    expect(headerOf({ username: "&".repeat(100) })).toBe(`${"&amp;".repeat(25)}… redeployed something`);
  });

  it("holds Slack's limits and harms nobody, whatever an event holds", () => {
    const hostile = fc.constantFrom(
      "<!channel>",
      "&amp;",
      "*",
      "https://x.y",
      "\n",
      "\u2028",
      "\u202E",
      "🚀",
      "@a",
      "> ",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 127 }),
      fc.array(hostile, { maxLength: 20 }).map((parts) => parts.join("")),
      hostile.map((part) => part.repeat(Math.floor(255 / part.length))),
    );
    const event = fc
      .record(
        {
          username: text,
          state_project: text,
          state_environment: text,
          state_deployment: text,
          inventory_project: text,
          inventory_application: text,
          inventory_version: text,
        },
        { requiredKeys: [] },
      )
      .chain((names) => fc.constantFrom(...EVENT_TYPES).map((type) => anEvent({ type, ...names })));
    fc.assert(fc.property(event, fc.option(text, { nil: undefined }), expectHarmless), { numRuns: 500 });
  });
});

function expectHarmless(event: Event, slackUsername: string | undefined): void {
  const message = slackPayload(event, { slackUsername });
  const { blocks } = overTheWire(message);
  expect(message.text).not.toMatch(/[*_~`:@#.](?!\u200B)/u);
  expect(message.text.length).toBeLessThanOrEqual(4000);
  expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
  for (const { text } of blocks[1]?.fields ?? []) expect(text.length).toBeLessThanOrEqual(2000);
  for (const { type, emoji } of textsOf(message)) expect({ type, emoji }).toEqual({ type: "plain_text", emoji: false });
  for (const shown of [message.text, message.username ?? "", ...textsOf(message).map(({ text }) => text)]) {
    expect(shown.replace(/&(?:amp|lt|gt);/g, "")).not.toMatch(/[&<>]/);
    expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(shown.isWellFormed()).toBe(true);
  }
}
