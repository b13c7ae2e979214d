import type { KnownBlock } from "@slack/types";
import { writeJson } from "../../lib/json-writer.ts";

// docs.slack.dev, "Blocks", "Header block" and "Section block". The text of a context block has the same limit as a
// section's.
export const MAX_BLOCKS = 50;
export const MAX_HEADER = 150;
export const MAX_FIELD = 2000;
export const MAX_USERNAME = 80;

/** Slack recommends at most 4,000; a notification shows far less. docs.slack.dev, "Truncating content" */
export const MAX_FALLBACK = 1000;

/**
 * The limit for the text and blocks of a message. Slack rejects a longer one with `msg_blocks_too_long`. The limit is
 * not documented: Slack's developers named 12,000 characters, with about 125 for each block (slackapi/bolt-js#2509).
 * Here the blocks are counted as JSON, which is about as long.
 */
const MAX_MESSAGE = 12_000;

/** The part of a message that Slack shows. */
export interface Content {
  /** The fallback text, for notifications and screen readers. */
  text: string;
  blocks: KnownBlock[];
}

export function isWithinLimits({ text, blocks }: Content): boolean {
  return blocks.length <= MAX_BLOCKS && text.length + writeJson(blocks).length <= MAX_MESSAGE;
}
