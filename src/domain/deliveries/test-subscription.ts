import { destinationOf } from "../../channels/destination.ts";
import { sendMessage } from "../../channels/send.ts";
import type { OutgoingMessage } from "../../channels/message.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { writeJson } from "../../lib/json-writer.ts";
import type { Event } from "../../schemas/event.ts";
import { readSlackClosedUntil, claimSlackTurn } from "../../store/subscriptions/slack-gates.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { deliveryPolicy } from "./delivery-policy.ts";
import type { Reader } from "../access/reader.ts";
import { signingSecrets, slackDestination } from "./dispatches.ts";
import type { Attempt } from "./settlement-of.ts";
import { rememberRetryAfter } from "./retry-after-wishes.ts";
import { getOwnedRow } from "../subscriptions/owned-row.ts";

const LONGEST_WAIT_MS = 5000;

/**
 * Sends a sample at once, also to a subscription that is disabled. It is no event and no delivery: nothing of it is kept.
 * @throws AppError `forbidden`; `not-found`; `unavailable` where others write too much to its Slack URL.
 */
export async function testSubscription(
  context: Context,
  reader: Reader,
  path: { project: string; id: string },
): Promise<Attempt> {
  const row = await getOwnedRow(context.db, reader, path);
  const policy = deliveryPolicy(context.config);
  // Slack's link would lead to an event that there is not.
  const publicUrl = row.type === "slack" ? undefined : policy.publicUrl;
  const message = messageOf(context, row, sampleOf(row, reader, context.now()));
  if (row.type === "slack") await waitForTurn(context, destinationOf(row.url));
  const startedAt = context.now();
  let noting: Promise<void> | undefined;
  const onRetryAfter = (seconds: number) => {
    noting = rememberRetryAfter(context, message, context.now() + seconds * 1000);
  };
  const transport = { ...policy, publicUrl, fetch: context.fetch, now: context.now, onRetryAfter };
  const report = await sendMessage(message, transport);
  const endedAt = context.now();
  await noting;
  return { report, startedAt, endedAt };
}

/** No event has the ID 0. The name is what every message tells, so that nobody in a channel takes it for what happened. */
function sampleOf({ project, event_types }: SubscriptionRow, { name }: Reader, now: number): Event {
  return {
    id: "0",
    type: event_types?.[0] ?? "UPDATE_STATE_DEPLOYMENT",
    timestamp: `${BigInt(now) * 1_000_000n}`,
    username: name === undefined ? "a sample" : `${name} (a sample)`,
    state_project: project,
    data: { sample: true },
  };
}

function messageOf(context: Context, row: SubscriptionRow, event: Event): OutgoingMessage {
  if (row.type === "slack") return { type: "slack", events: [event], destination: slackDestination(row) };
  return {
    type: "webhook",
    webhookId: `msg_test_${context.uuid()}`,
    body: writeJson(event),
    event,
    destination: { url: row.url, signingSecrets: signingSecrets(row, context.now()) },
  };
}

async function waitForTurn({ db, now, wait }: Context, destination: string): Promise<void> {
  const turn = await claimSlackTurn(db, destination, { now: now(), latest: now() + LONGEST_WAIT_MS });
  if ("nextAt" in turn) throw tooMuch(turn.nextAt - now());
  const waitMs = turn.turnAt - now();
  if (waitMs <= 0) return;
  await wait(waitMs);
  const closedUntil = await readSlackClosedUntil(db, destination); // whoever heard of it meanwhile
  if (closedUntil > now()) throw tooMuch(closedUntil - now());
}

function tooMuch(milliseconds: number): AppError {
  return new AppError("unavailable", "Too much is on its way to this Slack URL, which takes one message a second.", {
    headers: { "Retry-After": `${Math.ceil(milliseconds / 1000)}` },
  });
}
