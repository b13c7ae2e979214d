import { parseEventFacts } from "../../schemas/event-json.ts";
import { listFailedDeliveries, type FailedDelivery, type RecoveryRow } from "../../store/deliveries/recovery-rows.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { groupByBundle, readBundle, type BundleRequest } from "../archive/archived-bundles.ts";
import { ObjectUnreadable } from "../archive/read-object.ts";
import type { Reading } from "../archive/reading.ts";
import { reasonNotTaken } from "../subscriptions/takes-event.ts";

const DELIVERIES_A_STEP = 500;
/** A step makes at most this many GETs. The deliveries that need more are left to the next step. */
const MAX_BUNDLES = 40;

/**
 * Returns the events of the next failed deliveries that the subscription still takes. `cursor` is the last delivery that
 * was scanned, or undefined if there are no more.
 * @throws AppError `unavailable` if an event is in the archive, and R2 does not respond
 */
export async function nextFailed(
  reading: Reading,
  recovery: RecoveryRow,
  subscription: SubscriptionRow,
): Promise<{ eventIds: number[]; cursor: number | undefined }> {
  const { failed, last } = await listFailedDeliveries(reading.db, recovery, DELIVERIES_A_STEP);
  const step = fittingStep(failed);
  const archived = await readTaken(reading, subscription, groupByBundle(step.flatMap(inArchive)));
  const taken = step.filter(({ event_id, facts, segment }) => {
    if (facts !== null) return isTaken(subscription, facts);
    return segment !== undefined && archived.has(event_id); // without a segment, the event was deleted
  });
  return {
    eventIds: taken.map(({ event_id }) => event_id),
    cursor: step.length < failed.length ? step.at(-1)?.id : last,
  };
}

/** Returns the first of these deliveries whose events are in at most `MAX_BUNDLES` bundles. */
function fittingStep(failed: FailedDelivery[]): FailedDelivery[] {
  const archived = failed.flatMap(inArchive);
  const tooMany = groupByBundle(archived)[MAX_BUNDLES];
  if (tooMany === undefined) return failed;
  const end = failed.findIndex(({ event_id }) => tooMany.ids.includes(event_id));
  return failed.slice(0, end);
}

function inArchive({ event_id: id, segment }: FailedDelivery) {
  return segment === undefined ? [] : [{ id, segment }];
}

/**
 * Returns the IDs of the events that the subscription takes. If an object cannot be read, its events count as taken,
 * because the next claims decide, as soon as somebody has repaired the object.
 */
async function readTaken(
  reading: Reading,
  subscription: SubscriptionRow,
  requests: BundleRequest[],
): Promise<Set<number>> {
  const taken = new Set<number>();
  for (const request of requests) {
    try {
      await readBundle(reading, request, ({ id, json }) => {
        if (isTaken(subscription, json)) taken.add(id);
      });
    } catch (error) {
      if (!(error instanceof ObjectUnreadable)) throw error;
      for (const id of request.ids) taken.add(id);
    }
  }
  return taken;
}

function isTaken(subscription: SubscriptionRow, facts: string): boolean {
  return reasonNotTaken(subscription, parseEventFacts(facts)) === undefined;
}
