import type { Context } from "../../context.ts";
import { inParallel } from "../../lib/in-parallel.ts";
import type { ClaimedDelivery } from "../../store/deliveries/claim-deliveries.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { groupByBundle, readBundle, type BundleRequest } from "../archive/archived-bundles.ts";

/** After this time, the deliveries whose events were not loaded are given back. The other deliveries wait until then. */
const MAX_MS = 4_000;
/** Three connections are left for the queue and the hints. A bundle can have several megabytes. */
const MAX_CONNECTIONS = 3;

/** Claimed deliveries, by whether their events were loaded. */
interface Loaded {
  loaded: ClaimedDelivery[];
  /** Their events are in the archive, which did not respond in time, or lacks an object. */
  notLoaded: ClaimedDelivery[];
}

/**
 * Loads the events that are in the archive. An object that cannot be read affects only the deliveries of its events.
 * Never throws, because the cause is in the log.
 */
export async function loadArchivedEvents(context: Context, claimed: ClaimedDelivery[]): Promise<Loaded> {
  const places = claimed.flatMap(({ eventId: id, segment }) => (segment === undefined ? [] : [{ id, segment }]));
  if (places.length === 0) return { loaded: claimed, notLoaded: [] };
  const found = await readInTime(context, groupByBundle(places));
  const isLoaded = ({ eventId, segment }: ClaimedDelivery) => segment === undefined || found.has(eventId);
  return {
    loaded: claimed
      .filter(isLoaded)
      .map((delivery) => ({ ...delivery, event: delivery.event ?? found.get(delivery.eventId) })),
    notLoaded: claimed.filter((delivery) => !isLoaded(delivery)),
  };
}

/** Returns the events that were read in time. An ID that no event of a bundle has is in the map without an event. */
async function readInTime(context: Context, requests: BundleRequest[]): Promise<Map<number, EventRow | undefined>> {
  const found = new Map<number, EventRow | undefined>();
  const waiting = new AbortController();
  const read = async (request: BundleRequest) => {
    if (waiting.signal.aborted) return;
    try {
      const rows = await readBundle(context, request, ({ id, json }) => ({ id, json }));
      const events = new Map(rows.map((row) => [row.id, row]));
      for (const id of request.ids) found.set(id, events.get(id));
    } catch {
      // `readBundle` has logged the cause
    }
  };
  const reading = inParallel(requests, MAX_CONNECTIONS, read);
  await Promise.race([reading, context.wait(MAX_MS, waiting.signal)]);
  waiting.abort();
  return new Map(found); // what arrives later does not count
}
