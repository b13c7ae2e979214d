import type { KnownBlock, MrkdwnElement, PlainTextElement } from "@slack/types";
import type { Event } from "../schemas/event.ts";
import { USER_AGENT, type ChannelRequest, type SlackDestination, type SlackMessage } from "./message.ts";
import { sentenceOf, utcTime } from "./sentence.ts";
import { escaped, neutralised, plainText, shown, told } from "./slack-text.ts";

/** What an incoming webhook takes, as far as it is used here; `@slack/types` describes only the blocks. */
export interface SlackPayload {
  /** The fallback, for notifications and screen readers. */
  text: string;
  mrkdwn: false;
  parse: "none";
  link_names: false;
  unfurl_links: false;
  unfurl_media: false;
  blocks: KnownBlock[];
  username?: string;
  icon_emoji?: string;
  icon_url?: string;
}

// Slack's limits: docs.slack.dev, "Header block", "Section block" and "Truncating content".
const MAX_HEADER = 150;
const MAX_FIELD = 2000;
const MAX_FALLBACK = 4000;
const MAX_USERNAME = 80;

const FIELDS = [
  ["By", "username"],
  ["Deployment", "state_deployment"],
  ["Environment", "state_environment"],
  ["State project", "state_project"],
  ["Release", "inventory_version"],
  ["Application", "inventory_application"],
  ["Inventory project", "inventory_project"],
] as const;

/** @throws when there is not one event to tell of. */
export function slackRequest({ events, destination }: SlackMessage, publicUrl?: string): ChannelRequest {
  const [event] = events;
  if (event === undefined || events.length > 1) throw new Error("a Slack message tells of one event");
  return {
    headers: { "content-type": "application/json", "user-agent": USER_AGENT },
    body: JSON.stringify(slackPayload(event, destination, publicUrl)),
  };
}

type Look = Pick<SlackDestination, "slackUsername" | "slackIcon">;

/** The sentence as a header, its names in full below, and when it was. */
export function slackPayload(event: Event, look: Look, publicUrl?: string): SlackPayload {
  const sentence = sentenceOf(event);
  const fields = fieldsOf(event);
  return {
    text: told(sentence, MAX_FALLBACK, neutralised),
    mrkdwn: false,
    parse: "none",
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: plainText(told(sentence, MAX_HEADER)) },
      ...(fields.length > 0 ? [{ type: "section" as const, fields }] : []),
      { type: "context", elements: contextOf(event, publicUrl) },
    ],
    ...(look.slackUsername !== undefined && { username: shown(look.slackUsername, MAX_USERNAME) }),
    ...iconOf(look.slackIcon),
  };
}

function fieldsOf(event: Event): PlainTextElement[] {
  return FIELDS.flatMap(([label, name]) => {
    const value = event[name];
    return value === undefined ? [] : [plainText(`${label}: ${shown(value, MAX_FIELD - `${label}: `.length)}`)];
  });
}

function contextOf(event: Event, publicUrl: string | undefined): (PlainTextElement | MrkdwnElement)[] {
  const facts = [plainText(utcTime(event.timestamp)), plainText(event.type)];
  if (publicUrl === undefined) return facts;
  // The only formatting in the message: nothing in it comes from an event but the digits of the ID.
  const link = `${escaped(publicUrl)}/api/v1/events/${event.id}`;
  return [...facts, { type: "mrkdwn", text: `<${link}|Event ${event.id}>`, verbatim: true }];
}

function iconOf(icon: string | undefined): Pick<SlackPayload, "icon_emoji" | "icon_url"> {
  if (icon === undefined) return {};
  return icon.startsWith(":") ? { icon_emoji: icon } : { icon_url: icon };
}
