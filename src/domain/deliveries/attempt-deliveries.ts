import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import type { Claim, Lease, UnclaimedDelivery } from "../../store/deliveries/claim-deliveries.ts";
import { endsWithin } from "../ends-within.ts";
import { delayedHint, hintDeliveries, type Hint } from "../hint-deliveries.ts";
import { lookAtCopy } from "../log/current-checkpoint.ts";
import { hasLog } from "../log/require-log.ts";
import { AttemptResults } from "./attempt-results.ts";
import type { BackgroundWork } from "./background-slots.ts";
import { checkpointToSend } from "./checkpoint-to-send.ts";
import { claimInParts } from "./claim-in-parts.ts";
import { deliveryPolicy, type DeliveryPolicy } from "./delivery-policy.ts";
import { planDispatches } from "./dispatches.ts";
import { loadArchivedEvents } from "./load-archived-events.ts";
import { sendInLanes, type SendingBatch } from "./send-in-lanes.ts";
import { addCounts, logAttempt, settleAttempts, toSettlement, type Counts, type Run } from "./settle-attempts.ts";

const MIN_LEASE_SECONDS = 30;
/** After its timeout, an attempt may need this time to read the response's body and to be settled. */
const MARGIN_SECONDS = 5;
/**
 * After this time, ended attempts are settled and the batch is acknowledged, even if healthy receivers have not
 * responded.
 */
const FIRST_SETTLEMENT_MS = 500;
/** Workers: an invocation may continue for this time after its handler has returned. */
const MAX_BACKGROUND_MS = 30_000;
/** How often a batch that waits for background slots looks for free ones. */
const SLOTS_AGAIN_AFTER_MS = 250;
/** A delivery whose event cannot be loaded from the archive is claimed again after this time. */
const LOAD_AGAIN_AFTER_SECONDS = 120;

/**
 * Attempts the deliveries of `ids` that are due and not leased, and settles the results. D1 round trips: one to claim,
 * one or two to settle. If a delivery is not due yet, its hint goes back to the queue. If a delivery is settled, held,
 * cancelled or leased, its hint is dropped. If an event cannot be loaded from the archive, its deliveries are given back
 * without an attempt.
 */
export async function attemptDeliveries(context: Context, ids: number[]): Promise<void> {
  const policy = deliveryPolicy(context.config); // read before the claim, so that a bad variable uses up no attempts
  if (hasLog(context.config)) await lookAtCopy(context);
  const run: Run = { context, policy, lease: newLease(context, policy) };
  const claim = await claimInParts(context, ids, run.lease);
  const { claimed, postponed, unclaimed } = claim;
  await releasePostponed(run, postponed);
  // Not awaited, so that the acknowledgement of the batch does not wait for another queue.
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
 * Returns as soon as the deliveries to healthy receivers are settled. The others continue in the background. If other
 * batches of this isolate leave too few background slots, returns when there are enough.
 */
async function attemptClaimed(run: Run, claim: Claim, logBatch: (counts: Counts) => void): Promise<void> {
  const { context, lease } = run;
  const results = new AttemptResults();
  const { loaded, notLoaded } = await loadArchivedEvents(context, claim.claimed);
  for (const delivery of notLoaded) results.giveBack(delivery, LOAD_AGAIN_AFTER_SECONDS);
  const sending = send(run, { ...claim, claimed: loaded }, results);
  await endsWithin(context, sending.healthyDone, FIRST_SETTLEMENT_MS);
  const left = claim.claimed.length - results.count;
  const isBusy = mayContinue(lease) && !context.backgroundSlots.hasPlentyFor(left, context.now());
  sending.waiting.giveUpStuck({ isBusy });
  const deliveries = claim.claimed.length - results.count;
  const first = settleAttempts(run, results.drain());
  const rest = settleRest(run, first, sending.done, results).then(logBatch);
  if (deliveries === 0 || !mayContinue(lease)) return rest;
  const unfinished = () => ({ deliveries: deliveries - results.count, endsAt: lease.endsAt });
  const slots = await acquireSlots(context, unfinished, rest);
  if (slots === undefined) return rest;
  context.background(logFailure(context, rest).finally(() => context.backgroundSlots.release(slots)));
  await first;
}

/** True if the attempts may continue in the background until the lease ends. */
function mayContinue({ startsAt, endsAt }: Lease): boolean {
  return endsAt - startsAt <= MAX_BACKGROUND_MS;
}

/** Waits while other batches leave too few background slots. Returns undefined if `work` ends before there are enough. */
async function acquireSlots(
  context: Context,
  unfinished: () => BackgroundWork,
  work: Promise<void>,
): Promise<BackgroundWork | undefined> {
  const { backgroundSlots, now } = context;
  let hasEnded = false;
  while (!hasEnded && backgroundSlots.lacksRoomFor(unfinished().deliveries, now())) {
    hasEnded = await endsWithin(context, work, SLOTS_AGAIN_AFTER_MS);
  }
  return hasEnded ? undefined : backgroundSlots.tryAcquire(unfinished(), now());
}

async function settleRest(
  run: Run,
  first: Promise<Counts>,
  sent: Promise<void>,
  results: AttemptResults,
): Promise<Counts> {
  await Promise.allSettled([first, sent]); // if the first settlement fails, the other results are settled anyway
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

/** Never throws, because errors are in the results. */
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
  const isFull = mayContinue(lease) && context.backgroundSlots.lacksRoomFor(claimed.length, context.now());
  return sendInLanes({ context, policy, results, lastStart }, dispatches, { beginsSlow: !isFull });
}

/**
 * Releases deliveries whose subscriptions did not fit in memory with the others. Another consumer claims them at once.
 */
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
