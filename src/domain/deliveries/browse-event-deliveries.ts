import type { Context } from "../../context.ts";
import type { DeliveryState } from "../../schemas/delivery.ts";
import { DAY_MS, nsToMs } from "../../lib/time.ts";
import { listEventDeliveries, type DeliveryRow } from "../../store/deliveries/delivery-rows.ts";
import type { EventWithoutData } from "../../store/events/event-rows.ts";
import type { Reader } from "../access/reader.ts";
import { canReadProject } from "../access/roles.ts";
import { withDetails, type BrowsedDelivery } from "./browse-deliveries.ts";

const MOST_OF_A_PROJECT = 20;

/** What one project was told of an event. */
export interface ProjectDeliveries {
  project: string;
  /** How many are in each state; none where nobody was to be told. */
  counts: Partial<Record<DeliveryState, number>>;
  /** The newest of them. */
  deliveries: BrowsedDelivery[];
  /** There are none, but by its timestamp, which its producer set, the event is so old that they may have been purged. */
  mayBeForgotten: boolean;
}

/** An event's deliveries in each of its projects that the reader has a role in, in two round trips; without one, in none. */
export async function browseEventDeliveries(
  context: Pick<Context, "db" | "now" | "config">,
  reader: Reader,
  event: EventWithoutData,
): Promise<ProjectDeliveries[]> {
  const projects = [...new Set([event.state_project, event.inventory_project])]
    .filter((project) => project !== null)
    .filter((project) => canReadProject(reader, project));
  if (projects.length === 0) return [];
  const byProject = Map.groupBy(await listEventDeliveries(context.db, event.id, projects), ({ project }) => project);
  const newest = projects.flatMap((project) => byProject.get(project)?.slice(0, MOST_OF_A_PROJECT) ?? []);
  const deliveries = await withDetails(context, reader, newest);
  return projects.map((project) => ({
    project,
    counts: countsOf(byProject.get(project) ?? []),
    deliveries: deliveries.filter(({ delivery }) => delivery.project === project),
    mayBeForgotten: !byProject.has(project) && isOlderThanKept(context, event),
  }));
}

function isOlderThanKept(
  { now, config }: Pick<Context, "now" | "config">,
  { timestamp }: Pick<EventWithoutData, "timestamp">,
): boolean {
  return nsToMs(timestamp) < now() - config.deliveryRetentionDays * DAY_MS;
}

function countsOf(rows: DeliveryRow[]): ProjectDeliveries["counts"] {
  const counts: ProjectDeliveries["counts"] = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
