import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { isUnavailable } from "../../store/database.ts";
import { claimDeliveries, failUnclaimable, type Claim, type Lease } from "../../store/deliveries/claim-deliveries.ts";

const CLAIM_AGAIN_AFTER_MS = 1000;
const NOTHING: Claim = { claimed: [], postponed: [], unclaimed: [] };

type Claiming = Pick<Context, "db" | "wait" | "log">;

/**
 * Claims those of `ids` that can be claimed. Where a claim fails and D1 is not to blame, something is wrong with one of
 * its rows: it is halved until that one is alone, and settled, so that all others go on.
 * @throws AppError `unavailable` where nothing could be claimed.
 */
export async function claimInParts(context: Claiming, ids: number[], lease: Lease): Promise<Claim> {
  try {
    return await claimInTwoTries(context, ids, lease);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    const [alone] = ids;
    if (alone === undefined) return NOTHING;
    if (ids.length === 1) await giveUp(context, alone, lease, error);
    return ids.length === 1 ? NOTHING : claimHalves(context, ids, lease);
  }
}

/** The answer of the first try may be lost: with the same lease, the second gets what it got. */
async function claimInTwoTries({ db, wait }: Claiming, ids: number[], lease: Lease): Promise<Claim> {
  try {
    return await claimDeliveries(db, ids, lease);
  } catch (error) {
    if (ids.length > 1 && !isUnavailable(error)) throw error;
    await wait(CLAIM_AGAIN_AFTER_MS);
    return claimDeliveries(db, ids, lease);
  }
}

async function claimHalves(context: Claiming, ids: number[], lease: Lease): Promise<Claim> {
  const middle = Math.ceil(ids.length / 2);
  const one = await claimHalf(context, ids.slice(0, middle), lease);
  const other = await claimHalf(context, ids.slice(middle), lease);
  return {
    claimed: [...one.claimed, ...other.claimed],
    postponed: [...one.postponed, ...other.postponed],
    unclaimed: [...one.unclaimed, ...other.unclaimed],
  };
}

/** Where D1 is away by now, what the other half has got is attempted all the same; the sweep brings this one back. */
async function claimHalf(context: Claiming, ids: number[], lease: Lease): Promise<Claim> {
  try {
    return await claimInParts(context, ids, lease);
  } catch (error) {
    context.log({ event: "claim_failed", deliveries: ids.length, ...errorFields(error) });
    return NOTHING;
  }
}

/** Where this fails too, the delivery comes back with the sweep, and is in nobody's way. */
async function giveUp({ db, log }: Claiming, id: number, lease: Lease, error: unknown): Promise<void> {
  log({ event: "delivery_unreadable", delivery: id, ...errorFields(error) });
  try {
    await failUnclaimable(db, id, lease, "what is stored of it cannot be read");
  } catch (failure) {
    log({ event: "claim_failed", deliveries: 1, ...errorFields(failure) });
  }
}
