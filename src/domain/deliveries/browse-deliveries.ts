import type { Context } from "../../context.ts";
import type { DeliveryHistory, DeliveryQuery, DeliveryState } from "../../schemas/delivery.ts";
import type { Subscription } from "../../schemas/subscription.ts";
import { readDetails, type Addressee } from "../../store/deliveries/delivery-details.ts";
import { listDeliveriesOf, type DeliveryRow } from "../../store/deliveries/deliveries.ts";
import { allowedGroupsOf, type EventHead } from "../../store/events/event-rows.ts";
import type { Reader } from "../reader.ts";
import { canReadProject, ownsProject } from "../roles.ts";
import { mayBeTold, maySee } from "../visibility.ts";
import { listProjectDeliveries } from "./deliveries.ts";
import { viewOfHistory } from "./delivery-view.ts";

const MOST_ATTEMPTS = 20;
const MOST_OF_AN_EVENT = 20;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A delivery as people look at it. */
export interface BrowsedDelivery {
  /** With its newest attempts, oldest first. */
  delivery: DeliveryHistory;
  /** What it tells; undefined where the reader may not see that. */
  event: EventHead | undefined;
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

/** What one project was told of an event. */
export interface ProjectDeliveries {
  project: string;
  /** How many are in each state; none where nobody was to be told. */
  counts: Partial<Record<DeliveryState, number>>;
  /** The newest of them. */
  deliveries: BrowsedDelivery[];
  /** There are none, but the event is so old that what there was would be purged. */
  mayBeForgotten: boolean;
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
  return { deliveries: await browsed(context, reader, deliveries), next };
}

/** An event's deliveries in each of its projects that the reader has a role in, in two round trips; without one, in none. */
export async function browseDeliveriesOf(
  context: Browsing & Pick<Context, "config">,
  reader: Reader,
  event: EventHead,
): Promise<ProjectDeliveries[]> {
  const projects = [...new Set([event.state_project, event.inventory_project])]
    .filter((project) => project !== null)
    .filter((project) => canReadProject(reader, project));
  if (projects.length === 0) return [];
  const byProject = Map.groupBy(await listDeliveriesOf(context.db, event.id, projects), ({ project }) => project);
  const newest = projects.flatMap((project) => byProject.get(project)?.slice(0, MOST_OF_AN_EVENT) ?? []);
  const deliveries = await browsed(context, reader, newest);
  return projects.map((project) => ({
    project,
    counts: countsOf(byProject.get(project) ?? []),
    deliveries: deliveries.filter(({ delivery }) => delivery.project === project),
    mayBeForgotten: !byProject.has(project) && isOlderThanKept(context, event),
  }));
}

function isOlderThanKept(
  { now, config }: Pick<Context, "now" | "config">,
  { timestamp }: Pick<EventHead, "timestamp">,
): boolean {
  return Number(BigInt(timestamp) / 1_000_000n) < now() - config.deliveryRetentionDays * DAY_MS;
}

function countsOf(rows: DeliveryRow[]): ProjectDeliveries["counts"] {
  const counts: ProjectDeliveries["counts"] = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

async function browsed({ db, now }: Browsing, reader: Reader, rows: DeliveryRow[]): Promise<BrowsedDelivery[]> {
  if (rows.length === 0) return [];
  const { attempts, events, subscriptions } = await readDetails(db, rows, MOST_ATTEMPTS);
  return rows.map((row) => {
    const isOwner = ownsProject(reader, row.project);
    const event = events.get(row.event_id);
    const subscription = subscriptions.get(row.subscription_id);
    const isRunning = row.lease_until !== null && row.lease_until > now();
    return {
      delivery: viewOfHistory(row, attempts.get(row.id) ?? [], isOwner),
      event: event !== undefined && maySee(reader, { allowed_groups: allowedGroupsOf(event) }) ? event : undefined,
      subscription: subscription && withoutSecret(subscription),
      isRunning,
      mayRedeliver: isOwner && row.state !== "cancelled" && !isRunning && isToldOf(subscription, event),
    };
  });
}

function withoutSecret({ id, type, url, enabled }: Addressee): BrowsedDelivery["subscription"] {
  return { id: `${id}`, type, url: new URL(url).origin, enabled };
}

/** What `redeliver` asks for too. */
function isToldOf(subscription: Addressee | undefined, event: EventHead | undefined): boolean {
  if (subscription === undefined || event === undefined || !subscription.enabled) return false;
  return mayBeTold(subscription, { allowed_groups: allowedGroupsOf(event) });
}
