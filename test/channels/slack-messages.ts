import * as fc from "fast-check";
import { expect } from "vitest";
import type { SlackPayload } from "../../src/channels/slack/slack-request.ts";
import { EVENT_TYPES, type Event } from "../../src/schemas/event.ts";
import { anEvent } from "./messages.ts";

interface ShownText {
  type: string;
  text: string;
  emoji?: boolean;
}

interface ShownBlock {
  type: string;
  text?: ShownText;
  fields?: ShownText[];
  elements?: ShownText[];
}

/** Returns the message as Slack gets it. */
export function overTheWire(payload: SlackPayload): Omit<SlackPayload, "blocks"> & { blocks: ShownBlock[] } {
  return JSON.parse(JSON.stringify(payload));
}

export function textsOf(payload: SlackPayload): ShownText[] {
  return overTheWire(payload).blocks.flatMap(({ text, fields = [], elements = [] }) => [
    ...(text === undefined ? [] : [text]),
    ...fields,
    ...elements,
  ]);
}

export function plain(text: string): ShownText {
  return { type: "plain_text", text, emoji: false };
}

export function linkedEvent(id: string, publicUrl = "https://tidings.example.com") {
  return { type: "mrkdwn", text: `<${publicUrl}/events/${id}|Event ${id}>`, verbatim: true };
}

const HOSTILE = ["<!channel>", "&amp;", "*", "https://x.y", "\n", "\u2028", "\u202E", "🚀", "@a", "> ", '"', "\\"];

/** Any text that an event may contain, often with characters that have a special meaning in Slack. */
export function hostileText(): fc.Arbitrary<string> {
  const part = fc.constantFrom(...HOSTILE);
  return fc.oneof(
    fc.string({ unit: "binary", maxLength: 127 }),
    fc.array(part, { maxLength: 20 }).map((parts) => parts.join("")),
    part.map((text) => text.repeat(Math.floor(255 / text.length))),
  );
}

export function hostileEvent(): fc.Arbitrary<Event> {
  const text = hostileText();
  const names = {
    username: text,
    state_project: text,
    state_environment: text,
    state_deployment: text,
    inventory_project: text,
    inventory_application: text,
    inventory_version: text,
  };
  return fc
    .tuple(fc.constantFrom(...EVENT_TYPES), fc.record(names, { requiredKeys: [] }), fc.bigInt(1n, 10n ** 19n - 1n))
    .map(([type, chosen, id]) => anEvent({ type, id: String(id), ...chosen }));
}

/** Checks the limits in Slack's documentation, and the total size above which Slack is known to refuse messages. */
export function expectWithinLimits(payload: SlackPayload): void {
  const { text, username = "", blocks } = overTheWire(payload);
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const block of blocks) {
    expect(block.text?.text.length ?? 1).toBeGreaterThan(0);
    expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(block.type === "header" ? 150 : 3000);
    expect(block.fields?.length ?? 0).toBeLessThanOrEqual(10);
    expect(block.elements?.length ?? 0).toBeLessThanOrEqual(10);
    for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2000);
    for (const element of block.elements ?? []) expect(element.text.length).toBeLessThanOrEqual(3000);
  }
  expect(username.length).toBeLessThanOrEqual(80);
  const shown = textsOf(payload).reduce((sum, { text: { length } }) => sum + length, text.length);
  expect(shown + 125 * blocks.length).toBeLessThanOrEqual(13_200);
}

/**
 * Checks that nothing in the message is a mention, a link, a format or a line break, except the links to the events.
 */
export function expectHarmless(payload: SlackPayload): void {
  expect(payload.text).not.toMatch(/[*_~`:@#.](?!\u200B)/u);
  const texts = textsOf(payload).filter(({ type, text }) => type !== "mrkdwn" || !/^<[^<>|]*\|Event \d+>$/.test(text));
  for (const { type, emoji } of texts) expect({ type, emoji }).toEqual({ type: "plain_text", emoji: false });
  for (const shown of [payload.text, payload.username ?? "", ...texts.map(({ text }) => text)]) {
    expect(shown.replace(/&(?:amp|lt|gt);/g, "")).not.toMatch(/[&<>]/);
    expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(shown.isWellFormed()).toBe(true);
  }
}
