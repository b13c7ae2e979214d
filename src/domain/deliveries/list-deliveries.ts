import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { Delivery, DeliveryHistory, DeliveryQuery } from "../../schemas/delivery.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import { Decimal } from "../../schemas/text.ts";
import type { Database } from "../../store/database.ts";
import {
  findDelivery,
  listAttempts,
  listDeliveries,
  markDue,
  type DeliveryRow,
} from "../../store/deliveries/delivery-rows.ts";
import { NEWEST } from "../../store/events/feed-range.ts";
import { findSubscription } from "../../store/subscriptions/subscription-rows.ts";
import { toDelivery, toDeliveryHistory } from "./delivery-view.ts";
import { canReadProject, ownsProject, requireOwner, requireProjectReader, type Reader } from "../access/roles.ts";
import type { Reading } from "../archive/reading.ts";
import { listEventsById } from "../events/events-by-id.ts";
import { HINT_GRACE_MS, hintDeliveries } from "../hint-deliveries.ts";
import { reasonNotTaken } from "../subscriptions/takes-event.ts";

const MAX_ATTEMPTS_SHOWN = 200;

export interface DeliveryPage {
  deliveries: Delivery[];
  /** The `page_from` of the next page, if there is one. */
  next: string | undefined;
}

/** @throws AppError `forbidden` without a role in the project. */
export async function listProjectDeliveries(
  db: Database,
  reader: Reader,
  project: string,
  query: DeliveryQuery,
): Promise<DeliveryPage> {
  const { rows, next } = await listDeliveryRows(db, reader, project, query);
  return { deliveries: rows.map(toDelivery), next };
}

/** @throws AppError `forbidden` without a role in the project. */
export async function listDeliveryRows(
  db: Database,
  reader: Reader,
  project: string,
  { page_size: size, page_from, ...filters }: DeliveryQuery,
): Promise<Pick<DeliveryPage, "next"> & { rows: DeliveryRow[] }> {
  requireProjectReader(reader, project);
  const rows = await listDeliveries(db, { project, ...filters, before: page_from ?? NEWEST, limit: size + 1 });
  const page = rows.slice(0, size);
  return { rows: page, next: rows.length > size ? `${page.at(-1)?.id}` : undefined };
}

/** @throws AppError `not-found`, also for a delivery of a project that the reader has no role in. */
export async function getDelivery(db: Database, reader: Reader, id: string): Promise<DeliveryHistory> {
  const row = await visibleDelivery(db, reader, id);
  return toDeliveryHistory(row, await listAttempts(db, row.id, MAX_ATTEMPTS_SHOWN), ownsProject(reader, row.project));
}

/**
 * Sends a delivery again, with a fresh schedule and the same `webhook-id`.
 * @throws AppError `not-found`; `forbidden` if the reader is not an owner; `conflict` if the delivery is cancelled, an
 * attempt is in progress, or the subscription is disabled, deleted or does not take the event; `unavailable` if the event
 * is in the archive and cannot be read.
 */
export async function redeliver(context: Context, reader: Reader, id: string): Promise<Delivery> {
  const row = await visibleDelivery(context.db, reader, id);
  requireOwner(reader, row.project);
  await requireTaken(context, row);
  const now = context.now();
  if (!(await markDue(context.db, row.id, now, now + HINT_GRACE_MS))) {
    throw new AppError(
      "conflict",
      "The delivery cannot be sent again: it is cancelled, the subscription is disabled or deleted, or an attempt is in progress.",
    );
  }
  context.background(hintDeliveries(context, "retry", [{ deliveryId: row.id }]));
  return toDelivery({ ...row, state: "pending", next_attempt_at: now, settled_at: null });
}

/** A deleted subscription or event is not refused here: `markDue` and the next claim do that. */
async function requireTaken(reading: Reading, row: DeliveryRow): Promise<void> {
  const subscription = await findSubscription(reading.db, row.project, row.subscription_id);
  const [event] = await listEventsById(reading, [row.event_id]);
  if (subscription === undefined || event === undefined) return;
  const notTaken = reasonNotTaken(subscription, parseEventFacts(event.json));
  if (notTaken !== undefined)
    throw new AppError("conflict", `The delivery cannot be sent again: the subscription ${notTaken}.`);
}

async function visibleDelivery(db: Database, reader: Reader, id: string): Promise<DeliveryRow> {
  const row = Decimal.safeParse(id).success ? await findDelivery(db, Number(id)) : undefined;
  if (row === undefined || !canReadProject(reader, row.project)) {
    throw new AppError("not-found", "There is no delivery with this ID that you may see.");
  }
  return row;
}
