import type { KnownBlock } from "@slack/types";
import { writeJson } from "../../lib/json-writer.ts";

// docs.slack.dev, "Blocks", "Header block" and "Section block". A text of a context block has a section text's limit.
export const MAX_BLOCKS = 50;
export const MAX_HEADER = 150;
export const MAX_FIELD = 2000;
export const MAX_USERNAME = 80;

/** What a notification shows is far less; Slack itself asks for at most 4,000. docs.slack.dev, "Truncating content" */
export const MAX_FALLBACK = 1000;

/**
 * All texts of a message together, with what holds them: beyond, Slack answers `msg_blocks_too_long`. It is on no page;
 * Slack's developers speak of 12,000 characters and a buffer for the blocks, each of which costs some 125 more
 * (slackapi/bolt-js#2509). The blocks are measured as JSON, which is about as much.
 */
const MAX_MESSAGE = 12_000;

/** What Slack shows of a message. */
export interface Content {
  /** The fallback, for notifications and screen readers. */
  text: string;
  blocks: KnownBlock[];
}

export function isWithinLimits({ text, blocks }: Content): boolean {
  return blocks.length <= MAX_BLOCKS && text.length + writeJson(blocks).length <= MAX_MESSAGE;
}
