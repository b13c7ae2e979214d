import type { Context } from "../context.ts";
import { errorFields } from "../log.ts";
import { MAX_DELAY_SECONDS, type Hint } from "../queue/hints.ts";
import { claimDeliveries, type Claim, type Lease, type UnclaimedDelivery } from "../store/claim-deliveries.ts";
import { settleDeliveries, type SettlementBatch } from "../store/settle-deliveries.ts";
import type { Settlement } from "../store/settlement.ts";
import { deliveryPolicy, type DeliveryPolicy } from "./delivery-policy.ts";
import { hintDeliveries } from "./hint-deliveries.ts";
import { logAttempt } from "./log-attempt.ts";
import { releaseNow } from "./release-deliveries.ts";
import { HINT_GRACE_MS, probeWaits } from "./schedule.ts";
import { sendInLanes } from "./send-in-lanes.ts";
import { planSendings } from "./sendings.ts";
import { settlementOf } from "./settlement-of.ts";
import { Tally, type Part } from "./tally.ts";

const MIN_LEASE_SECONDS = 30;
/** What an attempt may take beyond its timeout, and the settling after it. */
const MARGIN_SECONDS = 5;
/** After so long, what has ended is settled, and the queue's next batch may come: neither waits for a receiver that hangs. */
const FIRST_SETTLEMENT_MS = 500;
/** Workers: so long may an invocation go on after its answer. */
const LONGEST_BACKGROUND_MS = 30_000;
const SETTLE_AGAIN_AFTER_MS = 1000;

/** One consumer's work on the deliveries that it was hinted. */
interface Run {
  context: Context;
  policy: DeliveryPolicy;
  lease: Lease;
}

/**
 * Attempts those of `ids` that are due and that nobody else has, and settles what comes of it: one D1 round trip to
 * claim, one or two to settle. Hints are only hints: one too early goes back to the queue, one for a delivery that is
 * settled, held, cancelled or leased is dropped.
 */
export async function attemptDeliveries(context: Context, ids: number[]): Promise<void> {
  const policy = deliveryPolicy(context.config); // before the claim: a bad variable must not use attempts up
  const run: Run = { context, policy, lease: newLease(context, policy) };
  const { claimed, unclaimed } = await claimDeliveries(context.db, ids, run.lease);
  await hintDeliveries(context, "retry", earlyHints(unclaimed, run.lease.startsAt));
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

type Counts = Record<string, number>;

/** Leaves what takes long to the background, as far as there is room for it. */
async function attemptClaimed(run: Run, claimed: Claim["claimed"], logBatch: (counts: Counts) => void): Promise<void> {
  const { context, lease } = run;
  const tally = new Tally();
  const sending = send(run, claimed, tally);
  const allSent = new AbortController();
  await Promise.race([sending.finally(() => allSent.abort()), context.wait(FIRST_SETTLEMENT_MS, allSent.signal)]);
  const ended = tally.take();
  const first = settle(run, ended);
  const rest = settleRest(run, first, sending, tally).then(logBatch);
  const unfinished = claimed.length - countOf(ended);
  const isShort = lease.endsAt - lease.startsAt <= LONGEST_BACKGROUND_MS;
  if (unfinished === 0 || !isShort || !context.leftBehind.take(unfinished)) return rest;
  context.background(logFailure(context, rest).finally(() => context.leftBehind.giveBack(unfinished)));
  await first;
}

async function settleRest(run: Run, first: Promise<Counts>, sending: Promise<void>, tally: Tally): Promise<Counts> {
  await Promise.allSettled([first, sending]); // should the first fail, the others are settled all the same
  const second = await settle(run, tally.take());
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
function send(run: Run, claimed: Claim["claimed"], tally: Tally): Promise<void> {
  const { context, policy, lease } = run;
  const { sendings, unsendable } = planSendings(policy, claimed, lease.startsAt);
  for (const { delivery, reason } of unsendable) {
    const report = { outcome: { kind: "refused", reason }, timedOut: false } as const;
    const attempt = { report, startedAt: lease.startsAt, endedAt: context.now() };
    const settlement = settlementOf(context, policy, delivery, attempt);
    logAttempt(context, settlement);
    tally.settleUnsent(settlement, delivery.subscription?.url);
  }
  const lastStart = lease.endsAt - (policy.timeoutSeconds + MARGIN_SECONDS) * 1000;
  return sendInLanes({ context, policy, tally, lastStart }, sendings);
}

async function settle({ context, policy, lease }: Run, part: Part | undefined): Promise<Counts> {
  if (part === undefined) return {};
  const { settlements, released, verdicts } = part;
  const now = context.now();
  const { probes, hasReleases } = await settleInTwoTries(context, {
    leaseToken: lease.token,
    settlements,
    released: released.map(({ deliveryId, delaySeconds }) => ({
      deliveryId,
      sweepAt: now + delaySeconds * 1000 + HINT_GRACE_MS,
    })),
    verdicts,
    probing: { waitsMs: probeWaits(policy.retrySchedule, context.random), graceMs: HINT_GRACE_MS },
    now,
  });
  const probing = new Set(probes.map(({ id }) => id));
  await hintDeliveries(context, "retry", [
    ...settlements.filter(({ deliveryId }) => !probing.has(deliveryId)).flatMap((one) => retryHint(one, now)),
    ...released.flatMap(({ deliveryId, delaySeconds }) => delayedHint(deliveryId, delaySeconds * 1000)),
    ...probes.flatMap(({ id, next_attempt_at }) => delayedHint(id, next_attempt_at - now)),
  ]);
  if (hasReleases) await releaseNow(context);
  return { ...countStates(settlements), released: released.length };
}

/** What is not settled is attempted again, so that its receiver gets it twice: worth a second try. */
async function settleInTwoTries({ db, wait }: Context, batch: SettlementBatch) {
  try {
    return await settleDeliveries(db, batch);
  } catch {
    await wait(SETTLE_AGAIN_AFTER_MS);
    return settleDeliveries(db, batch);
  }
}

function countOf(part: Part | undefined): number {
  return part === undefined ? 0 : part.settlements.length + part.released.length;
}

function earlyHints(unclaimed: UnclaimedDelivery[], now: number): Hint[] {
  return unclaimed
    .filter(({ state, next_attempt_at }) => state === "pending" && next_attempt_at > now)
    .flatMap(({ id, next_attempt_at }) => delayedHint(id, next_attempt_at - now));
}

function retryHint({ deliveryId, state, nextAttemptAt }: Settlement, now: number): Hint[] {
  return state === "pending" && nextAttemptAt !== null ? delayedHint(deliveryId, nextAttemptAt - now) : [];
}

/** None for what waits longer than a queue can: the sweep hints that. */
function delayedHint(deliveryId: number, delayMs: number): Hint[] {
  const delaySeconds = Math.max(0, Math.ceil(delayMs / 1000));
  return delaySeconds > MAX_DELAY_SECONDS ? [] : [{ deliveryId, delaySeconds }];
}

function countStates(settlements: Settlement[]): Counts {
  return settlements.reduce<Counts>((counts, { state }) => sum(counts, { [state]: 1 }), {});
}

function sum(one: Counts, other: Counts): Counts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}
