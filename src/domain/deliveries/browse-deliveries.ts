import type { Context } from "../../context.ts";
import type { DeliveryHistory, DeliveryQuery, DeliveryState } from "../../schemas/delivery.ts";
import { parseEventFacts, type EventFacts } from "../../schemas/event-json.ts";
import type { Subscription } from "../../schemas/subscription.ts";
import { readDeliveryDetails, type DeliveryDetails, type Recipient } from "../../store/deliveries/delivery-details.ts";
import { reasonNotTaken } from "../subscriptions/takes-event.ts";
import { maySee } from "../access/visibility.ts";
import { groupByBundle, readReadableBundles, type ArchivedEvent } from "../archive/archived-bundles.ts";
import type { Reading } from "../archive/reading.ts";
import { listDeliveryRows } from "./list-deliveries.ts";
import { toDeliveryHistory } from "./delivery-view.ts";
import { DAY_MS, nsToMs } from "../../lib/time.ts";
import { listEventDeliveries, type DeliveryRow } from "../../store/deliveries/delivery-rows.ts";
import { canReadProject, ownsProject, type Reader } from "../access/roles.ts";

const MAX_ATTEMPTS_SHOWN = 20;
const MAX_SHOWN_OF_A_PROJECT = 20;

/** A delivery as the console shows it. */
export interface BrowsedDelivery {
  /** The delivery with its newest attempts, the oldest of these first. */
  delivery: DeliveryHistory;
  /** Undefined if the reader may not see the event, or if the event cannot be read from the archive now. */
  event: EventFacts | undefined;
  /** The subscription, with only the origin of its URL. Undefined if the subscription was deleted. */
  subscription: Pick<Subscription, "id" | "type" | "url" | "enabled"> | undefined;
  /** True while an attempt is in progress. */
  isRunning: boolean;
  mayRedeliver: boolean;
}

export interface BrowsedDeliveries {
  deliveries: BrowsedDelivery[];
  /** The `page_from` of the next page, if there is one. */
  next: string | undefined;
}

type Browsing = Reading & Pick<Context, "now">;

/**
 * A page of a project's deliveries with their attempts, events and subscriptions, in two round trips, and a GET for each
 * bundle of the archive that holds some of the events.
 * @throws AppError `forbidden` without a role in the project.
 */
export async function browseDeliveries(
  context: Browsing,
  reader: Reader,
  project: string,
  query: DeliveryQuery,
): Promise<BrowsedDeliveries> {
  const { rows, next } = await listDeliveryRows(context.db, reader, project, query);
  return { deliveries: await withDetails(context, reader, rows), next };
}

/** Adds attempts, events and subscriptions, in one round trip. `known` is an event that the caller has read. */
async function withDetails(
  context: Browsing,
  reader: Reader,
  rows: DeliveryRow[],
  known?: EventFacts,
): Promise<BrowsedDelivery[]> {
  if (rows.length === 0) return [];
  const details = await readDeliveryDetails(context.db, rows, MAX_ATTEMPTS_SHOWN);
  const { attempts, subscriptions } = details;
  const events = known === undefined ? await readEvents(context, details) : new Map([[Number(known.id), known]]);
  const time = context.now();
  return rows.map((row) => {
    const isOwner = ownsProject(reader, row.project);
    const event = events.get(row.event_id);
    const subscription = subscriptions.get(row.subscription_id);
    const isRunning = row.lease_until !== null && row.lease_until > time;
    return {
      delivery: toDeliveryHistory(row, attempts.get(row.id) ?? [], isOwner),
      event: event !== undefined && maySee(reader, event) ? event : undefined,
      subscription: subscription && withoutSecret(subscription),
      isRunning,
      mayRedeliver: isOwner && !isRunning && isTaken(subscription, event),
    };
  });
}

/**
 * Returns the events by ID. Leaves out those that cannot be read from the archive now, because the deliveries are of use
 * without their events.
 */
async function readEvents(
  reading: Reading,
  { events, archived }: Pick<DeliveryDetails, "events" | "archived">,
): Promise<Map<number, EventFacts>> {
  const read = await readReadableBundles(reading, groupByBundle(archived), factsOf);
  return new Map([...events, ...read]);
}

function factsOf({ id, json }: ArchivedEvent): readonly [id: number, EventFacts] {
  return [id, parseEventFacts(json)];
}

function withoutSecret({ id, type, url, enabled }: Recipient): BrowsedDelivery["subscription"] {
  return { id: `${id}`, type, url: new URL(url).origin, enabled };
}

/** `redeliver` checks this again, because the state may have changed since the page was rendered. */
function isTaken(subscription: Recipient | undefined, event: EventFacts | undefined): boolean {
  if (subscription === undefined || event === undefined || !subscription.enabled) return false;
  return reasonNotTaken(subscription, event) === undefined;
}

/** The deliveries of an event to the subscriptions of one project. */
export interface ProjectDeliveries {
  project: string;
  /** The number of deliveries in each state. Empty if there are none. */
  counts: Partial<Record<DeliveryState, number>>;
  /** The newest deliveries, at most 20. */
  deliveries: BrowsedDelivery[];
  /** True if there are no deliveries, and the event's timestamp is so old that they may have been purged. */
  mayBeForgotten: boolean;
}

/**
 * An event's deliveries, for each of its projects that the reader may see. Takes two round trips to D1, or none if
 * there is no such project.
 */
export async function browseEventDeliveries(
  context: Browsing & Pick<Context, "config">,
  reader: Reader,
  event: EventFacts,
): Promise<ProjectDeliveries[]> {
  const projects = [...new Set([event.state_project, event.inventory_project])]
    .filter((project) => project !== undefined)
    .filter((project) => canReadProject(reader, project));
  if (projects.length === 0) return [];
  const byProject = Map.groupBy(
    await listEventDeliveries(context.db, Number(event.id), projects),
    ({ project }) => project,
  );
  const newest = projects.flatMap((project) => byProject.get(project)?.slice(0, MAX_SHOWN_OF_A_PROJECT) ?? []);
  const deliveries = await withDetails(context, reader, newest, event);
  return projects.map((project) => ({
    project,
    counts: countByState(byProject.get(project) ?? []),
    deliveries: deliveries.filter(({ delivery }) => delivery.project === project),
    mayBeForgotten: !byProject.has(project) && isOlderThanRetention(context, event),
  }));
}

function isOlderThanRetention(
  { now, config }: Pick<Context, "now" | "config">,
  { timestamp }: Pick<EventFacts, "timestamp">,
): boolean {
  return nsToMs(timestamp) < now() - config.deliveryRetentionDays * DAY_MS;
}

function countByState(rows: DeliveryRow[]): ProjectDeliveries["counts"] {
  const counts: ProjectDeliveries["counts"] = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
