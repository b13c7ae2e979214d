import type { SubscriptionType } from "../schemas/subscription.ts";
import { classify, type Outcome } from "./classify.ts";
import type { Deadline } from "./deadline.ts";
import { destinationFault } from "./destination.ts";
import type { AttemptReport, ChannelRequest, OutgoingMessage, Transport } from "./message.ts";
import { readPrefix } from "./response-body.ts";
import { slackRequest } from "./slack/slack-request.ts";
import { webhookRequest } from "./webhook.ts";

const MAX_READ_BYTES = 64 * 1024;
const MAX_KEPT_BYTES = 1024;
/** The time for the body after the headers. A slower body is cut off. */
const BODY_TIMEOUT_MS = 1000;

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

/**
 * The timeout is for connecting and for the headers. Status and headers decide the outcome, except for Slack's error
 * codes, which are in the body. The body gets BODY_TIMEOUT_MS more.
 */
async function exchange(
  { type, url }: { type: SubscriptionType; url: string },
  request: ChannelRequest,
  transport: Transport,
): Promise<AttemptReport> {
  const { fetch, timeoutSeconds, deadlines } = transport;
  const deadline = deadlines.start(timeoutSeconds * 1000);
  const { signal } = deadline;
  try {
    const response = await deadline.race(fetch(url, { ...request, method: "POST", redirect: "manual", signal }));
    deadline.restart(BODY_TIMEOUT_MS);
    return await toReport(type, response, deadline, transport);
  } catch (error) {
    const timedOut = signal.aborted;
    const reason = timedOut ? `no response within ${timeoutSeconds} s` : failureReason(error);
    return { outcome: { kind: "retry", reason }, timedOut };
  } finally {
    deadline.end();
  }
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

function responseText(start: Uint8Array): { response?: string } {
  // `stream` drops the last character if the limit cuts it in two.
  const response = new TextDecoder().decode(start.subarray(0, MAX_KEPT_BYTES), { stream: true });
  return response === "" ? {} : { response };
}

/** Hides the runtime's own message, which may contain the URL. */
export function failureReason(error: unknown): string {
  const isTls = error instanceof Error && /\b(?:tls|ssl|certificate)\b/i.test(error.message);
  return isTls ? "no TLS connection could be made" : "could not connect, or the connection was lost";
}
