import { retryAfterSeconds } from "../lib/retry-after.ts";
import type { SubscriptionType } from "../schemas/subscription.ts";
import type { Outcome } from "./outcome.ts";

interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

const LONGEST_WAIT_SECONDS = 24 * 60 * 60;

// docs.slack.dev, "Sending messages using incoming webhooks", "Handling errors", and the same words of chat.postMessage.
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

/** The one place that says what an answer means. `nowMs` is when it arrived: `Retry-After` may be a date. */
export function classify(type: SubscriptionType, answer: Answer, nowMs: number): Outcome {
  return (type === "slack" ? classifySlackBody(answer.body.trim()) : undefined) ?? classifyStatus(answer, nowMs);
}

function classifySlackBody(body: string): Outcome | undefined {
  if (SLACK_GONE.has(body)) return { kind: "gone", reason: `Slack answered ${body}` };
  if (SLACK_REFUSED.has(body)) return { kind: "refused", reason: `Slack answered ${body}` };
  return undefined;
}

function classifyStatus({ status, headers }: Answer, nowMs: number): Outcome {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const reason = `answered ${status}`;
  if (status === 410) return { kind: "gone", reason };
  if (status >= 300 && status < 400) return { kind: "retry", reason: `${reason}: redirects are not followed` };
  const wished = status === 429 || status === 503 ? retryAfterSeconds(headers.get("retry-after"), nowMs) : undefined;
  if (wished === undefined) return { kind: "retry", reason };
  return { kind: "retry", reason, afterSeconds: Math.min(wished, LONGEST_WAIT_SECONDS) };
}
