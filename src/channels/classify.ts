import { DAY_MS } from "../lib/time.ts";
import { retryAfterSeconds } from "../lib/retry-after.ts";
import type { SubscriptionType } from "../schemas/subscription.ts";

/** The result of one attempt to deliver. */
export type Outcome =
  | { kind: "delivered" }
  | { kind: "retry"; reason: string; afterSeconds?: number } // afterSeconds: from the receiver's Retry-After
  | { kind: "refused"; reason: string } // the receiver rejected this message for good
  | { kind: "gone"; reason: string }; // the destination rejects all messages for good

interface ReceivedResponse {
  status: number;
  headers: Headers;
  body: string;
}

const MAX_WAIT_SECONDS = DAY_MS / 1000;

// docs.slack.dev, "Sending messages using incoming webhooks", "Handling errors", and codes of chat.postMessage with the
// same meaning.
const SLACK_GONE = new Set([
  "no_service",
  "no_service_id",
  "no_active_hooks",
  "no_team",
  "team_disabled",
  "team_not_found",
  "invalid_token",
  "token_revoked",
  "account_inactive",
  "channel_not_found",
  "channel_is_archived",
  "is_archived",
  "action_prohibited",
  "posting_to_general_channel_denied",
]);
const SLACK_REFUSED = new Set([
  "invalid_payload",
  "invalid_blocks",
  "invalid_blocks_format",
  "invalid_attachments",
  "no_text",
  "missing_text_or_fallback_or_attachments",
  "too_many_attachments",
  "msg_too_long",
  "msg_blocks_too_long",
  "user_not_found",
]);

/**
 * The only place that turns a response into an outcome. `nowMs` is when it arrived, because `Retry-After` may be a
 * date.
 */
export function classify(type: SubscriptionType, response: ReceivedResponse, nowMs: number): Outcome {
  return (type === "slack" ? classifySlackBody(response.body.trim()) : undefined) ?? classifyStatus(response, nowMs);
}

function classifySlackBody(body: string): Outcome | undefined {
  if (SLACK_GONE.has(body)) return { kind: "gone", reason: `Slack responded with ${body}` };
  if (SLACK_REFUSED.has(body)) return { kind: "refused", reason: `Slack responded with ${body}` };
  return undefined;
}

function classifyStatus({ status, headers }: ReceivedResponse, nowMs: number): Outcome {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const reason = `responded with ${status}`;
  if (status === 410) return { kind: "gone", reason };
  if (status >= 300 && status < 400) return { kind: "retry", reason: `${reason}: redirects are not followed` };
  const afterSeconds =
    status === 429 || status === 503 ? retryAfterSeconds(headers.get("retry-after"), nowMs) : undefined;
  if (afterSeconds === undefined) return { kind: "retry", reason };
  return { kind: "retry", reason, afterSeconds: Math.min(afterSeconds, MAX_WAIT_SECONDS) };
}
