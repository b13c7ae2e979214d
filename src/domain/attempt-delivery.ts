import type { AttemptReport, OutgoingMessage } from "../channels/message.ts";
import { sendMessage } from "../channels/send.ts";
import type { Context } from "../context.ts";
import { MAX_DELAY_SECONDS } from "../queue/hints.ts";
import type { DeliveryState } from "../schemas/delivery.ts";
import { Event } from "../schemas/event.ts";
import type { ClaimedDelivery } from "../store/claim-deliveries.ts";
import type { Settlement } from "../store/settle-deliveries.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";
import { eventJson } from "./event-json.ts";
import { HINT_GRACE_MS, isWithin, waitAfter } from "./schedule.ts";

/** Attempts one claimed delivery and says what becomes of it. Never throws: a row that cannot be read fails. */
export async function attemptDelivery(
  context: Context,
  policy: DeliveryPolicy,
  delivery: ClaimedDelivery,
): Promise<{ settlement: Settlement; timedOut: boolean }> {
  const startedAt = context.now();
  const report = await reportOf(context, policy, delivery);
  const endedAt = context.now();
  const settlement: Settlement = {
    deliveryId: delivery.id,
    subscriptionId: delivery.subscriptionId,
    url: delivery.destination?.url ?? "",
    ...nextStep(context, policy, delivery, report, endedAt),
    attempt: {
      number: delivery.attempt,
      startedAt,
      durationMs: endedAt - startedAt,
      outcome: report.outcome.kind,
      status: report.status ?? null,
      reason: report.outcome.kind === "delivered" ? null : report.outcome.reason,
      response: report.response ?? null,
    },
  };
  logAttempt(context, delivery, settlement);
  return { settlement, timedOut: report.timedOut };
}

async function reportOf(context: Context, policy: DeliveryPolicy, delivery: ClaimedDelivery): Promise<AttemptReport> {
  const { event: row, destination } = delivery;
  if (row === undefined || destination === undefined)
    return refused("its event or its subscription is no longer there");
  if (!isWithin(policy.retrySchedule, runNumber(delivery))) return refused("RETRY_SCHEDULE has no attempt left for it");
  const body = eventJson(row);
  const event = parseEvent(body);
  if (event === undefined) return refused("its event cannot be read");
  const { type, url, slackUsername, slackIcon, signingSecret } = destination;
  const message: OutgoingMessage =
    type === "slack"
      ? { type, events: [event], destination: { url, slackUsername, slackIcon } }
      : { type, webhookId: `msg_${delivery.id}`, body, event, destination: { url, signingSecrets: [signingSecret] } };
  return sendMessage(message, { ...policy, fetch: context.fetch, now: context.now });
}

function refused(reason: string): AttemptReport {
  return { outcome: { kind: "refused", reason }, timedOut: false };
}

/** `data` loses digits here, which only its reading by a person is for; `body` is what is sent. */
function parseEvent(json: string): Event | undefined {
  try {
    return Event.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** The attempt's number within the current run of the schedule, from 1. */
function runNumber({ attempt, scheduleFrom }: ClaimedDelivery): number {
  return attempt - scheduleFrom;
}

type NextStep = Pick<Settlement, "state" | "nextAttemptAt" | "sweepAt">;

function nextStep(
  { random }: Context,
  { retrySchedule }: DeliveryPolicy,
  delivery: ClaimedDelivery,
  { outcome }: AttemptReport,
  now: number,
): NextStep {
  switch (outcome.kind) {
    case "delivered":
      return settled("delivered");
    case "refused":
      return settled(delivery.destination === undefined ? "cancelled" : "failed");
    case "gone": // held with all others of its subscription; it stays pending, and due, where the URL has changed meanwhile
      return { state: "pending", nextAttemptAt: now, sweepAt: now };
    case "retry": {
      const waitSeconds = waitAfter(retrySchedule, runNumber(delivery), random, outcome.afterSeconds);
      return waitSeconds === undefined ? settled("failed") : pendingFor(waitSeconds, now);
    }
  }
}

function settled(state: DeliveryState): NextStep {
  return { state, nextAttemptAt: null, sweepAt: null };
}

function pendingFor(waitSeconds: number, now: number): NextStep {
  const nextAttemptAt = now + waitSeconds * 1000;
  const isHinted = waitSeconds <= MAX_DELAY_SECONDS;
  return { state: "pending", nextAttemptAt, sweepAt: isHinted ? nextAttemptAt + HINT_GRACE_MS : nextAttemptAt };
}

function logAttempt({ log }: Context, delivery: ClaimedDelivery, { attempt, state, url }: Settlement): void {
  log({
    event: "attempt",
    delivery: delivery.id,
    subscription: delivery.subscriptionId,
    attempt: attempt.number,
    outcome: attempt.outcome,
    state,
    status: attempt.status,
    reason: attempt.reason,
    duration_ms: attempt.durationMs,
    origin: URL.canParse(url) ? new URL(url).origin : null,
  });
}
