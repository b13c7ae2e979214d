import { destinationOf } from "../../channels/destination.ts";
import type { AttemptReport, OutgoingMessage } from "../../channels/message.ts";
import { sendMessage } from "../../channels/send.ts";
import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { closeSlackGate } from "../../store/subscriptions/slack-gates.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";

/** An attempt that was made. Times are milliseconds since 1970. */
export interface Attempt {
  report: AttemptReport;
  startedAt: number;
  endedAt: number;
}

/**
 * Sends a message once. Remembers for other messages how long its destination took, and its Retry-After as soon as the
 * headers have arrived. Never throws: an error is an outcome.
 */
export async function attemptMessage(
  context: Context,
  policy: DeliveryPolicy,
  message: OutgoingMessage,
): Promise<Attempt> {
  const { now, fetch, destinations } = context;
  const destination = destinationOf(message.destination.url);
  const startedAt = now();
  let remembering: Promise<void> | undefined;
  const onRetryAfter = (seconds: number) => {
    remembering = rememberRetryAfter(context, message, now() + seconds * 1000);
  };
  destinations.noteStart(destination, startedAt);
  const report = await sendMessage(message, { ...policy, fetch, now, onRetryAfter });
  const endedAt = now();
  destinations.noteEnd(destination, { startedAt, endedAt });
  await remembering;
  return { report, startedAt, endedAt };
}

/** In this isolate; for Slack, whose limit is for all senders together, in D1 too. */
async function rememberRetryAfter(
  { db, destinations, log }: Context,
  message: OutgoingMessage,
  until: number,
): Promise<void> {
  const destination = destinationOf(message.destination.url);
  destinations.noteQuiet(destination, until);
  if (message.type !== "slack") return;
  try {
    await closeSlackGate(db, destination, until);
  } catch (error) {
    log({ event: "slack_gate_failed", ...errorFields(error) });
  }
}
