import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import type { Hint } from "../hint-deliveries.ts";
import type { Claim, Lease, UnclaimedDelivery } from "../../store/deliveries/claim-deliveries.ts";
import { claimInParts } from "./claim-in-parts.ts";
import { deliveryPolicy, type DeliveryPolicy } from "./delivery-policy.ts";
import { delayedHint, hintDeliveries } from "../hint-deliveries.ts";
import { logAttempt } from "./log-attempt.ts";
import { SendingBatch } from "./send-in-lanes.ts";
import { planDispatches } from "./dispatches.ts";
import { settleAttempts, sum, type Counts, type Run } from "./settle-attempts.ts";
import { toSettlement } from "./settlement-of.ts";
import { AttemptResults } from "./attempt-results.ts";

const MIN_LEASE_SECONDS = 30;
/** What an attempt may take beyond its timeout, and the settling after it. */
const MARGIN_SECONDS = 5;
/** After so long, what has ended is settled, and the queue's next batch may come: neither waits for a receiver that hangs. */
const FIRST_SETTLEMENT_MS = 500;
/** Workers: so long may an invocation go on after its answer. */
const LONGEST_BACKGROUND_MS = 30_000;

/**
 * Attempts those of `ids` that are due and that nobody else has, and settles what comes of it: one D1 round trip to
 * claim, one or two to settle. Hints are only hints: one too early goes back to the queue, one for a delivery that is
 * settled, held, cancelled or leased is dropped.
 */
export async function attemptDeliveries(context: Context, ids: number[]): Promise<void> {
  const policy = deliveryPolicy(context.config); // before the claim: a bad variable must not use attempts up
  const run: Run = { context, policy, lease: newLease(context, policy) };
  const { claimed, postponed, unclaimed } = await claimInParts(context, ids, run.lease);
  await giveBack(run, postponed);
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
  if (claimed.length > 0) await attemptClaimed(run, claimed, logBatch);
  else logBatch({});
}

function newLease({ now, uuid }: Context, { timeoutSeconds }: DeliveryPolicy): Lease {
  const seconds = Math.max(MIN_LEASE_SECONDS, 2 * timeoutSeconds);
  const startsAt = now();
  return { token: uuid(), startsAt, endsAt: startsAt + seconds * 1000 };
}

/**
 * Leaves what takes long to the background. Where that leaves much behind, what waits for slow receivers is given back
 * first; where there is no room even for the rest, the batch waits for it.
 */
async function attemptClaimed(run: Run, claimed: Claim["claimed"], logBatch: (counts: Counts) => void): Promise<void> {
  const { context, lease } = run;
  const tally = new AttemptResults();
  const dispatch = send(run, claimed, tally);
  const allSent = new AbortController();
  await Promise.race([dispatch.done.finally(() => allSent.abort()), context.wait(FIRST_SETTLEMENT_MS, allSent.signal)]);
  const isShort = lease.endsAt - lease.startsAt <= LONGEST_BACKGROUND_MS;
  if (isShort && !context.backgroundSlots.hasPlentyFor(claimed.length - tally.count, context.now()))
    dispatch.giveUpStuck();
  const deliveries = claimed.length - tally.count;
  const first = settleAttempts(run, tally.drain());
  const rest = settleRest(run, first, dispatch.done, tally).then(logBatch);
  if (deliveries === 0) return rest;
  const left = isShort
    ? context.backgroundSlots.tryAcquire({ deliveries, endsAt: lease.endsAt }, context.now())
    : undefined;
  if (left === undefined) return rest;
  context.background(logFailure(context, rest).finally(() => context.backgroundSlots.release(left)));
  await first;
}

async function settleRest(
  run: Run,
  first: Promise<Counts>,
  sending: Promise<void>,
  tally: AttemptResults,
): Promise<Counts> {
  await Promise.allSettled([first, sending]); // should the first fail, the others are settled all the same
  const second = await settleAttempts(run, tally.drain());
  return sum(await first, second);
}

/** What is not settled in the background comes back when its lease has run out. */
async function logFailure({ log }: Context, rest: Promise<void>): Promise<void> {
  try {
    await rest;
  } catch (error) {
    log({ event: "settle_failed", ...errorFields(error) });
  }
}

/** Never throws: what goes wrong is in the tally. */
function send(run: Run, claimed: Claim["claimed"], tally: AttemptResults): SendingBatch {
  const { context, policy, lease } = run;
  const { dispatches, unsendable } = planDispatches(policy, claimed, lease.startsAt);
  for (const { delivery, reason } of unsendable) {
    const report = { outcome: { kind: "refused", reason }, timedOut: false } as const;
    const attempt = { report, startedAt: lease.startsAt, endedAt: context.now() };
    const settlement = toSettlement(context, policy, delivery, attempt);
    logAttempt(context, settlement);
    tally.settleUnsent(settlement, delivery.subscription?.url);
  }
  const lastStart = lease.endsAt - (policy.timeoutSeconds + MARGIN_SECONDS) * 1000;
  return new SendingBatch({ context, policy, tally, lastStart }, dispatches);
}

/** Another consumer takes them at once, beside fewer others. */
async function giveBack(run: Run, deliveryIds: number[]): Promise<void> {
  if (deliveryIds.length === 0) return;
  const released = deliveryIds.map((deliveryId) => ({ deliveryId, delaySeconds: 0 }));
  await settleAttempts(run, { settlements: [], released, healthDeltas: [] });
}

function earlyHints(unclaimed: UnclaimedDelivery[], now: number): Hint[] {
  return unclaimed
    .filter(({ state, next_attempt_at }) => state === "pending" && next_attempt_at > now)
    .flatMap(({ id, next_attempt_at }) => delayedHint(id, next_attempt_at - now));
}
