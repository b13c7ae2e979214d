import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { isUnavailable } from "../../store/database.ts";
import { claimDeliveries, failUnclaimable, type Claim, type Lease } from "../../store/deliveries/claim-deliveries.ts";

const CLAIM_AGAIN_AFTER_MS = 1000;
const NOTHING: Claim = { claimed: [], postponed: [], unclaimed: [], newestCheckpoint: undefined };

type Claiming = Pick<Context, "db" | "wait" | "log">;

/**
 * Claims the deliveries of `ids` that can be claimed. If a claim fails although D1 is available, a row is damaged. Then
 * the claim is split in half until the damaged delivery is alone. That delivery is settled as failed, and the others
 * are claimed.
 * @throws AppError `unavailable` if nothing could be claimed.
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

/**
 * D1 may have committed the first try and lost only its response. A second try with the same lease returns the same
 * result.
 */
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
    newestCheckpoint: one.newestCheckpoint ?? other.newestCheckpoint,
  };
}

/**
 * If D1 has become unavailable, the other half is still attempted, and the sweep sends the hints of this half again.
 */
async function claimHalf(context: Claiming, ids: number[], lease: Lease): Promise<Claim> {
  try {
    return await claimInParts(context, ids, lease);
  } catch (error) {
    context.log({ event: "claim_failed", deliveries: ids.length, ...errorFields(error) });
    return NOTHING;
  }
}

/** If this fails too, the sweep sends the hint of this delivery again. The other deliveries are not delayed. */
async function giveUp({ db, log }: Claiming, id: number, lease: Lease, error: unknown): Promise<void> {
  log({ event: "delivery_unreadable", delivery: id, ...errorFields(error) });
  try {
    await failUnclaimable(db, id, lease, "the stored delivery, event or subscription cannot be read");
  } catch (failure) {
    log({ event: "claim_failed", deliveries: 1, ...errorFields(failure) });
  }
}
