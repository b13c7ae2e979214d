import type { Event } from "../../../src/schemas/event.ts";
import { BUNDLE_EVENTS } from "../../../src/segments/manifest.ts";
import { countEntries, pageBound } from "../page-bound.ts";
import type { Client, Page } from "./client.ts";
import { countFeeds, type Reader, type Segment } from "./plan.ts";

/** The maximum cost of a page. */
export interface Bounds {
  /** D1 rows of the page while it is in D1. */
  hotRows: number;
  /** D1 rows of the page in the archive. */
  rows: number;
  r2Gets: number;
}

/** Computes the bounds of a page of the archive from its events, as the design states them. */
export async function boundsOf(
  client: Client,
  reader: Reader,
  { body }: Page,
  segments: readonly Segment[],
): Promise<Bounds> {
  const events = JSON.parse(body) as Event[]; // from the service itself
  const places = events.flatMap(({ id }) => placeOf(Number(id), segments));
  const held = [...new Set(places.map(({ segment }) => segment))];
  const bundles = new Set(places.map(({ segment, bundle }) => `${segment}/${bundle}`)).size;
  const { groups, scope } = reader;
  const lists = await client.ask<Record<number, number>>({ do: "count lists", groups, scope, segments: held });
  const allLists = Object.values(lists).reduce((sum, count) => sum + count, 0);
  const entries = countEntriesOf(reader, events);
  const hot = pageBound({ entries, groups: groups.length });
  return { hotRows: hot + 2 * countFeeds(reader), rows: 2 * hot + 60, r2Gets: allLists + bundles + 2 };
}

/** An event is in one of an auditor's feeds, and in one feed of any other reader for each group that they share. */
function countEntriesOf({ groups }: Reader, events: Event[]): number {
  return Math.max(events.length, countEntries(events, groups));
}

/** Where an event is in the archive. The IDs of the bench's history have no gaps. */
function placeOf(id: number, segments: readonly Segment[]): { segment: number; bundle: number }[] {
  const segment = segments.find(({ first, last }) => first <= id && id <= last);
  if (segment === undefined) return [];
  return [{ segment: segment.first, bundle: Math.floor((id - segment.first) / BUNDLE_EVENTS) }];
}
