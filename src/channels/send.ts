import type { SubscriptionType } from "../schemas/subscription.ts";
import { withDeadline, readPrefix } from "./response-body.ts";
import { classify } from "./classify.ts";
import { Deadline } from "./deadline.ts";
import { destinationFault } from "./destination.ts";
import type { AttemptReport, ChannelRequest, OutgoingMessage, Transport } from "./message.ts";
import type { Outcome } from "./outcome.ts";
import { slackRequest } from "./slack/slack-request.ts";
import { webhookRequest } from "./webhook.ts";

const MAX_READ_BYTES = 64 * 1024;
const MAX_KEPT_BYTES = 1024;
/** From the headers on. A body that takes longer is cut. */
const LONGEST_BODY_MS = 1000;

/** Makes one attempt. Never throws: whatever goes wrong is an outcome, and its reason shows neither URL nor secret. */
export async function sendMessage(message: OutgoingMessage, transport: Transport): Promise<AttemptReport> {
  const { type, destination } = message;
  const fault = destinationFault({ type, url: destination.url }, transport.allowLocalDestinations);
  if (fault !== undefined) return unsent(`the destination's URL ${fault}`);
  let request: ChannelRequest;
  try {
    request = await requestFor(message, transport);
  } catch {
    return unsent("the request could not be made or signed");
  }
  return exchange({ type, url: destination.url }, request, transport);
}

async function requestFor(message: OutgoingMessage, transport: Transport): Promise<ChannelRequest> {
  switch (message.type) {
    case "webhook":
      return webhookRequest(message, transport);
    case "slack":
      return slackRequest(message, transport.publicUrl);
  }
}

/**
 * The deadline covers connecting and the headers. Status and headers decide; the body, of which only Slack's words count,
 * gets a moment more.
 */
async function exchange(
  { type, url }: { type: SubscriptionType; url: string },
  request: ChannelRequest,
  transport: Transport,
): Promise<AttemptReport> {
  const { fetch, timeoutSeconds } = transport;
  const deadline = new Deadline(timeoutSeconds * 1000);
  const { signal } = deadline;
  try {
    const answer = await withDeadline(signal, fetch(url, { ...request, method: "POST", redirect: "manual", signal }));
    deadline.restart(LONGEST_BODY_MS);
    return await reportOf(type, answer, signal, transport);
  } catch (error) {
    const timedOut = signal.aborted;
    const reason = timedOut ? `no answer within ${timeoutSeconds} s` : failureReason(error);
    return { outcome: { kind: "retry", reason }, timedOut };
  } finally {
    deadline.end();
  }
}

/** Does not reject: a body that fails is one that came in part. */
async function reportOf(
  type: SubscriptionType,
  answer: Response,
  deadline: AbortSignal,
  transport: Transport,
): Promise<AttemptReport> {
  const { status, headers } = answer;
  const answeredAt = transport.now();
  noteWish(classify(type, { status, headers, body: "" }, answeredAt), transport);
  const start = await readPrefix(answer, MAX_READ_BYTES, deadline);
  const outcome = classify(type, { status, headers, body: new TextDecoder().decode(start) }, answeredAt);
  return { outcome, status, ...responseOf(start), timedOut: false };
}

function noteWish(outcome: Outcome, { onRetryAfter }: Transport): void {
  if (outcome.kind === "retry" && outcome.afterSeconds !== undefined) onRetryAfter?.(outcome.afterSeconds);
}

function unsent(reason: string): AttemptReport {
  return { outcome: { kind: "refused", reason }, timedOut: false };
}

function responseOf(start: Uint8Array): { response?: string } {
  // With `stream`, a character that the cut leaves incomplete is dropped.
  const response = new TextDecoder().decode(start.subarray(0, MAX_KEPT_BYTES), { stream: true });
  return response === "" ? {} : { response };
}

/** The runtime's own message is not passed on: it may hold the URL. */
function failureReason(error: unknown): string {
  const isTls = error instanceof Error && /\b(?:tls|ssl|certificate)\b/i.test(error.message);
  return isTls ? "no TLS connection could be made" : "could not connect, or the connection was lost";
}
