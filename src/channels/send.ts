import type { SubscriptionType } from "../schemas/subscription.ts";
import { classify, type Outcome } from "./classify.ts";
import type { Deadline } from "./deadline.ts";
import { destinationFault } from "./destination.ts";
import { fetchReport, MAX_READ_BYTES, responseText } from "./fetch-report.ts";
import type { AttemptReport, ChannelRequest, OutgoingMessage, Transport } from "./message.ts";
import { readPrefix } from "./response-body.ts";
import { slackRequest } from "./slack/slack-request.ts";
import { webhookRequest } from "./webhook.ts";

/**
 * Makes one attempt. Never throws, because each failure becomes an outcome. The reason of an outcome contains no URL
 * and no secret.
 */
export async function sendMessage(message: OutgoingMessage, transport: Transport): Promise<AttemptReport> {
  const { type, destination } = message;
  const fault = destinationFault({ type, url: destination.url }, transport.allowLocalDestinations);
  if (fault !== undefined) return unsent(`the destination's URL ${fault}`);
  let request: ChannelRequest;
  try {
    request = await buildRequest(message, transport);
  } catch {
    return unsent("the request could not be made or signed");
  }
  return exchange({ type, url: destination.url }, request, transport);
}

async function buildRequest(message: OutgoingMessage, transport: Transport): Promise<ChannelRequest> {
  switch (message.type) {
    case "webhook":
      return webhookRequest(message, transport);
    case "slack":
      return slackRequest(message, transport.publicUrl);
  }
}

/** Status and headers decide the outcome, except for Slack's error codes, which are in the body. */
async function exchange(
  { type, url }: { type: SubscriptionType; url: string },
  request: ChannelRequest,
  transport: Transport,
): Promise<AttemptReport> {
  return fetchReport(url, { ...request, method: "POST" }, transport, (response, deadline) =>
    toReport(type, response, deadline, transport),
  );
}

/** Does not reject. If the body breaks off, the part that was received counts. */
async function toReport(
  type: SubscriptionType,
  response: Response,
  deadline: Deadline,
  transport: Transport,
): Promise<AttemptReport> {
  const { status, headers } = response;
  const receivedAt = transport.now();
  notifyRetryAfter(classify(type, { status, headers, body: "" }, receivedAt), transport);
  const start = await readPrefix(response, MAX_READ_BYTES, deadline);
  const outcome = classify(type, { status, headers, body: new TextDecoder().decode(start) }, receivedAt);
  return { outcome, status, ...responseText(start), timedOut: false };
}

function notifyRetryAfter(outcome: Outcome, { onRetryAfter }: Transport): void {
  if (outcome.kind === "retry" && outcome.afterSeconds !== undefined) onRetryAfter?.(outcome.afterSeconds);
}

function unsent(reason: string): AttemptReport {
  return { outcome: { kind: "refused", reason }, timedOut: false };
}
