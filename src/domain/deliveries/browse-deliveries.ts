import type { Context } from "../../context.ts";
import type { DeliveryHistory, DeliveryQuery } from "../../schemas/delivery.ts";
import type { Subscription } from "../../schemas/subscription.ts";
import { readDeliveryDetails, type Recipient } from "../../store/deliveries/delivery-details.ts";
import type { DeliveryRow } from "../../store/deliveries/delivery-rows.ts";
import { allowedGroupsOf, type EventWithoutData } from "../../store/events/event-rows.ts";
import type { Reader } from "../access/reader.ts";
import { ownsProject } from "../access/roles.ts";
import { reasonNotTaken } from "../subscriptions/takes-event.ts";
import { maySee } from "../access/visibility.ts";
import { listProjectDeliveries } from "./list-deliveries.ts";
import { toDeliveryHistory } from "./delivery-view.ts";

const MAX_ATTEMPTS_SHOWN = 20;

/** A delivery as people look at it. */
export interface BrowsedDelivery {
  /** With its newest attempts, oldest first. */
  delivery: DeliveryHistory;
  /** What it tells; undefined where the reader may not see that. */
  event: EventWithoutData | undefined;
  /** Whom it tells, by the origin alone; undefined where that is gone. */
  subscription: Pick<Subscription, "id" | "type" | "url" | "enabled"> | undefined;
  /** An attempt of it is being made. */
  isRunning: boolean;
  mayRedeliver: boolean;
}

export interface BrowsedDeliveries {
  deliveries: BrowsedDelivery[];
  /** The `page_from` of the next page, where there is one. */
  next: string | undefined;
}

type Browsing = Pick<Context, "db" | "now">;

/**
 * A page of a project's deliveries with all that belongs to them, in two round trips.
 * @throws AppError `forbidden` without a role in the project.
 */
export async function browseDeliveries(
  context: Browsing,
  reader: Reader,
  project: string,
  query: DeliveryQuery,
): Promise<BrowsedDeliveries> {
  const { deliveries, next } = await listProjectDeliveries(context.db, reader, project, query);
  return { deliveries: await withDetails(context, reader, deliveries), next };
}

/** These with all that belongs to them, in one round trip. */
export async function withDetails(
  { db, now }: Browsing,
  reader: Reader,
  rows: DeliveryRow[],
): Promise<BrowsedDelivery[]> {
  if (rows.length === 0) return [];
  const { attempts, events, subscriptions } = await readDeliveryDetails(db, rows, MAX_ATTEMPTS_SHOWN);
  const time = now();
  return rows.map((row) => {
    const isOwner = ownsProject(reader, row.project);
    const event = events.get(row.event_id);
    const subscription = subscriptions.get(row.subscription_id);
    const isRunning = row.lease_until !== null && row.lease_until > time;
    return {
      delivery: toDeliveryHistory(row, attempts.get(row.id) ?? [], isOwner),
      event: event !== undefined && maySee(reader, { allowed_groups: allowedGroupsOf(event) }) ? event : undefined,
      subscription: subscription && withoutSecret(subscription),
      isRunning,
      mayRedeliver: isOwner && !isRunning && isTaken(subscription, event),
    };
  });
}

function withoutSecret({ id, type, url, enabled }: Recipient): BrowsedDelivery["subscription"] {
  return { id: `${id}`, type, url: new URL(url).origin, enabled };
}

/** What `redeliver` asks for too: whatever changes in between is refused there. */
function isTaken(subscription: Recipient | undefined, event: EventWithoutData | undefined): boolean {
  if (subscription === undefined || event === undefined || !subscription.enabled) return false;
  return reasonNotTaken(subscription, { type: event.type, allowed_groups: allowedGroupsOf(event) }) === undefined;
}
