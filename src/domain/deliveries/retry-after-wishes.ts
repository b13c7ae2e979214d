import { destinationOf } from "../../channels/destination.ts";
import type { OutgoingMessage } from "../../channels/message.ts";
import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { closeSlackGate } from "../../store/subscriptions/slack-gates.ts";

/**
 * A destination asked to be left alone until a time, in milliseconds since 1970. All that waits for it shall know at
 * once: in this isolate, and for Slack in all others.
 */
export async function rememberRetryAfter(
  { db, quiet, log }: Context,
  message: OutgoingMessage,
  until: number,
): Promise<void> {
  const destination = destinationOf(message.destination.url);
  quiet.note(destination, until);
  if (message.type !== "slack") return;
  try {
    await closeSlackGate(db, destination, until);
  } catch (error) {
    log({ event: "slack_gate_failed", ...errorFields(error) });
  }
}
