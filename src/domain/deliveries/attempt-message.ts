import type { AttemptReport, OutgoingMessage } from "../../channels/message.ts";
import { sendMessage } from "../../channels/send.ts";
import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { closeSlackGate } from "../../store/subscriptions/slack-gates.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";

/** A message, and the `destinationKey` of its URL. */
interface Addressed {
  message: OutgoingMessage;
  destination: string;
}

/** A finished attempt. Times are milliseconds since 1970. */
export interface Attempt {
  report: AttemptReport;
  startedAt: number;
  endedAt: number;
}

/**
 * Sends a message once. For later messages, remembers how long the destination took to respond, and its Retry-After.
 * The Retry-After counts as soon as the headers have arrived. Never throws, because an error becomes an outcome.
 */
export async function attemptMessage(
  context: Context,
  policy: DeliveryPolicy,
  { message, destination }: Addressed,
): Promise<Attempt> {
  const { now, fetch, deadlines, destinations } = context;
  const startedAt = now();
  let remembering: Promise<void> | undefined;
  const onRetryAfter = (seconds: number) => {
    remembering = rememberRetryAfter(context, { message, destination }, now() + seconds * 1000);
  };
  destinations.noteStart(destination, startedAt);
  const report = await sendMessage(message, { ...policy, fetch, now, deadlines, onRetryAfter });
  const endedAt = now();
  destinations.noteEnd(destination, { startedAt, endedAt });
  await remembering;
  return { report, startedAt, endedAt };
}

/**
 * Remembers the Retry-After in this isolate. For Slack, also stores it in D1, because Slack's limit counts all senders
 * together.
 */
async function rememberRetryAfter(
  { db, destinations, log }: Context,
  { message, destination }: Addressed,
  until: number,
): Promise<void> {
  destinations.notePause(destination, until);
  if (message.type !== "slack") return;
  try {
    await closeSlackGate(db, destination, until);
  } catch (error) {
    log({ event: "slack_gate_failed", ...errorFields(error) });
  }
}
