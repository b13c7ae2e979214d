import { writeJson } from "../../lib/json-writer.ts";
import type { Event } from "../../schemas/event.ts";
import { USER_AGENT, type ChannelRequest, type SlackDestination, type SlackMessage } from "../message.ts";
import { digestContent } from "./slack-digest.ts";
import { eventContent } from "./slack-event.ts";
import { isWithinLimits, MAX_USERNAME, type Content } from "./slack-limits.ts";
import { formatValue } from "./slack-text.ts";

/** The fields of an incoming webhook's body that are used here. `@slack/types` describes only the blocks. */
export interface SlackPayload extends Content {
  mrkdwn: false;
  parse: "none";
  link_names: false;
  unfurl_links: false;
  unfurl_media: false;
  username?: string;
  icon_emoji?: string;
  icon_url?: string;
}

type Appearance = Pick<SlackDestination, "slackUsername" | "slackIcon">;

/** @throws if there are no events, or more than `countThatFit` allows: Slack would reject or cut the message. */
export function slackRequest({ events, destination }: SlackMessage, publicUrl?: string): ChannelRequest {
  const payload = slackPayload(events, destination, publicUrl);
  if (!isWithinLimits(payload)) throw new Error("the events do not fit in one Slack message");
  return {
    headers: { "content-type": "application/json", "user-agent": USER_AGENT },
    body: writeJson(payload),
  };
}

export function slackPayload(events: readonly Event[], appearance: Appearance, publicUrl?: string): SlackPayload {
  const [first, ...others] = events;
  if (first === undefined) throw new Error("a Slack message needs at least one event");
  return {
    ...(others.length === 0 ? eventContent(first, publicUrl) : digestContent(events, publicUrl)),
    mrkdwn: false,
    parse: "none",
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    ...(appearance.slackUsername !== undefined && { username: formatValue(appearance.slackUsername, MAX_USERNAME) }),
    ...toIcon(appearance.slackIcon),
  };
}

function toIcon(icon: string | undefined): Pick<SlackPayload, "icon_emoji" | "icon_url"> {
  if (icon === undefined) return {};
  return icon.startsWith(":") ? { icon_emoji: icon } : { icon_url: icon };
}
