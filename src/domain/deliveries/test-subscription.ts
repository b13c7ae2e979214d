import { destinationKey } from "../../channels/destination.ts";
import type { OutgoingMessage } from "../../channels/message.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { writeJson } from "../../lib/json-writer.ts";
import { formatIso } from "../../lib/time.ts";
import type { TestAttempt } from "../../schemas/delivery.ts";
import type { Event } from "../../schemas/event.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import type { Reader } from "../access/roles.ts";
import { getOwnedRow } from "../subscriptions/owned-row.ts";
import { readCheckpointToSend } from "./checkpoint-to-send.ts";
import { attemptMessage } from "./attempt-message.ts";
import { deliveryPolicy } from "./delivery-policy.ts";
import { toTestAttempt } from "./delivery-view.ts";
import { signingSecrets, slackDestination } from "./dispatches.ts";
import { readSlackPause, waitForSlackTurn } from "./slack-turn.ts";

const MAX_WAIT_MS = 5000;

/**
 * Sends a sample at once, even if the subscription is disabled. A sample is neither an event nor a delivery, and
 * nothing is stored.
 * @throws AppError `forbidden`; `not-found`; `unavailable` if too many messages wait for the Slack URL.
 */
export async function testSubscription(
  context: Context,
  reader: Reader,
  path: { project: string; id: string },
): Promise<TestAttempt> {
  const row = await getOwnedRow(context.db, reader, path);
  const policy = deliveryPolicy(context.config);
  // With the URL of the service, the Slack message would link to an event that does not exist.
  const publicUrl = row.type === "slack" ? undefined : policy.publicUrl;
  const message = await toMessage(context, row, sampleEvent(row, reader, context.now()));
  const destination = destinationKey(row.url);
  if (row.type === "slack") await requireSlackTurn(context, destination);
  return toTestAttempt(await attemptMessage(context, { ...policy, publicUrl }, { message, destination }));
}

/** No event has the ID 0. The username says that this is a sample, because every message shows the username. */
function sampleEvent({ project, event_types }: SubscriptionRow, { name }: Reader, now: number): Event {
  return {
    id: "0",
    type: event_types?.[0] ?? "UPDATE_STATE_DEPLOYMENT",
    timestamp: `${BigInt(now) * 1_000_000n}`,
    recorded_at: formatIso(now),
    username: name === undefined ? "a sample" : `${name} (a sample)`,
    state_project: project,
    data: { sample: true },
  };
}

async function toMessage(context: Context, row: SubscriptionRow, event: Event): Promise<OutgoingMessage> {
  switch (row.type) {
    case "slack":
      return { type: "slack", events: [event], destination: slackDestination(row) };
    case "webhook":
      return {
        type: "webhook",
        webhookId: `msg_test_${context.uuid()}`,
        body: writeJson(event),
        event,
        checkpoint: await readCheckpointToSend(context),
        destination: { url: row.url, signingSecrets: signingSecrets(row, context.now()) },
      };
  }
}

async function requireSlackTurn(context: Context, destination: string): Promise<void> {
  const turn = await waitForSlackTurn(context, destination, context.now() + MAX_WAIT_MS);
  const nextAt = "nextAt" in turn ? turn.nextAt : await readSlackPause(context, destination, turn.claimedAt);
  const waitMs = nextAt - context.now();
  if ("claimedAt" in turn && waitMs <= 0) return;
  throw new AppError("unavailable", "Too many messages wait for this Slack URL, which takes one message a second.", {
    headers: { "Retry-After": `${Math.ceil(waitMs / 1000)}` },
  });
}
