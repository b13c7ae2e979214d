import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import type { Claim, Lease, UnclaimedDelivery } from "../../store/deliveries/claim-deliveries.ts";
import { delayedHint, hintDeliveries, type Hint } from "../hint-deliveries.ts";
import { lookAtCopy } from "../log/current-checkpoint.ts";
import { hasLog } from "../log/require-log.ts";
import { AttemptResults } from "./attempt-results.ts";
import { checkpointToSend } from "./checkpoint-to-send.ts";
import { claimInParts } from "./claim-in-parts.ts";
import { deliveryPolicy, type DeliveryPolicy } from "./delivery-policy.ts";
import { planDispatches } from "./dispatches.ts";
import { sendInLanes, type SendingBatch } from "./send-in-lanes.ts";
import { addCounts, logAttempt, settleAttempts, toSettlement, type Counts, type Run } from "./settle-attempts.ts";

const MIN_LEASE_SECONDS = 30;
/** An attempt may outlive its timeout by so much: it reads the response's body, and is settled. */
const MARGIN_SECONDS = 5;
/** After so long, what has ended is settled and the batch acknowledged, although healthy receivers have not responded. */
const FIRST_SETTLEMENT_MS = 500;
/** Workers: an invocation may go on for so long after its handler has returned. */
const MAX_BACKGROUND_MS = 30_000;

/**
 * Attempts those deliveries of `ids` that are due and not leased, and settles the results: one D1 round trip to claim,
 * one or two to settle. A hint that comes too early goes back to the queue; one for a delivery that is settled, held,
 * cancelled or leased is dropped.
 */
export async function attemptDeliveries(context: Context, ids: number[]): Promise<void> {
  const policy = deliveryPolicy(context.config); // before the claim: a bad variable must not use up attempts
  if (hasLog(context.config)) await lookAtCopy(context);
  const run: Run = { context, policy, lease: newLease(context, policy) };
  const claim = await claimInParts(context, ids, run.lease);
  const { claimed, postponed, unclaimed } = claim;
  await releasePostponed(run, postponed);
  // Not awaited: the batch's acknowledgement does not wait for another queue.
  context.background(hintDeliveries(context, "retry", earlyHints(unclaimed, run.lease.startsAt)));
  const logBatch = (counts: Counts) =>
    context.log({
      event: "batch",
      hints: ids.length,
      claimed: claimed.length,
      ...counts,
      duration_ms: context.now() - run.lease.startsAt,
      d1_queries: context.usage.queries,
    });
  if (claimed.length > 0) await attemptClaimed(run, claim, logBatch);
  else logBatch({});
}

function newLease({ now, uuid }: Context, { timeoutSeconds }: DeliveryPolicy): Lease {
  const seconds = Math.max(MIN_LEASE_SECONDS, 2 * timeoutSeconds);
  const startsAt = now();
  return { token: uuid(), startsAt, endsAt: startsAt + seconds * 1000 };
}

/**
 * Returns as soon as the healthy receivers' deliveries are settled; the others go on in the background. If the isolate
 * has no background slots left for them, the batch waits for them.
 */
async function attemptClaimed(run: Run, claim: Claim, logBatch: (counts: Counts) => void): Promise<void> {
  const { context, lease } = run;
  const results = new AttemptResults();
  const sending = send(run, claim, results);
  await doneOrLate(context, sending.healthyDone);
  const isShort = lease.endsAt - lease.startsAt <= MAX_BACKGROUND_MS;
  const isBusy = isShort && !context.backgroundSlots.hasPlentyFor(claim.claimed.length - results.count, context.now());
  sending.waiting.giveUpStuck({ isBusy });
  const deliveries = claim.claimed.length - results.count;
  const first = settleAttempts(run, results.drain());
  const rest = settleRest(run, first, sending.done, results).then(logBatch);
  if (deliveries === 0) return rest;
  const slots = isShort
    ? context.backgroundSlots.tryAcquire({ deliveries, endsAt: lease.endsAt }, context.now())
    : undefined;
  if (slots === undefined) return rest;
  context.background(logFailure(context, rest).finally(() => context.backgroundSlots.release(slots)));
  await first;
}

async function doneOrLate({ wait }: Context, done: Promise<void>): Promise<void> {
  const isDone = new AbortController();
  await Promise.race([done.finally(() => isDone.abort()), wait(FIRST_SETTLEMENT_MS, isDone.signal)]);
}

async function settleRest(
  run: Run,
  first: Promise<Counts>,
  sent: Promise<void>,
  results: AttemptResults,
): Promise<Counts> {
  await Promise.allSettled([first, sent]); // if the first settlement fails, the others are settled nevertheless
  const second = await settleAttempts(run, results.drain());
  return addCounts(await first, second);
}

/** Deliveries that the background does not settle are claimed again when their lease has ended. */
async function logFailure({ log }: Context, rest: Promise<void>): Promise<void> {
  try {
    await rest;
  } catch (error) {
    log({ event: "settle_failed", ...errorFields(error) });
  }
}

/** Never throws: errors are in the results. */
function send(run: Run, { claimed, newestCheckpoint }: Claim, results: AttemptResults): SendingBatch {
  const { context, policy, lease } = run;
  const checkpoint = newestCheckpoint && checkpointToSend(context, newestCheckpoint);
  const { dispatches, unsendable } = planDispatches(policy, claimed, { now: lease.startsAt, checkpoint });
  for (const { delivery, reason } of unsendable) {
    const report = { outcome: { kind: "refused", reason }, timedOut: false } as const;
    const attempt = { report, startedAt: lease.startsAt, endedAt: context.now() };
    const settlement = toSettlement(context, policy, delivery, attempt);
    logAttempt(context, settlement);
    results.settleUnsent(settlement, delivery.subscription?.url);
  }
  const lastStart = lease.endsAt - (policy.timeoutSeconds + MARGIN_SECONDS) * 1000;
  return sendInLanes({ context, policy, results, lastStart }, dispatches);
}

/** Their subscriptions were too much to load beside the others: another consumer claims them at once. */
async function releasePostponed(run: Run, deliveryIds: number[]): Promise<void> {
  if (deliveryIds.length === 0) return;
  const released = deliveryIds.map((deliveryId) => ({ deliveryId, delaySeconds: 0, queue: "retry" as const }));
  await settleAttempts(run, { settlements: [], released, healthDeltas: [] });
}

function earlyHints(unclaimed: UnclaimedDelivery[], now: number): Hint[] {
  return unclaimed
    .filter(({ state, next_attempt_at }) => state === "pending" && next_attempt_at > now)
    .flatMap(({ id, next_attempt_at }) => delayedHint(id, next_attempt_at - now));
}
