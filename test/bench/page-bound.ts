/** What decides how many rows a page may read. */
export interface PageSeen {
  /** How often the page's events are in the reader's feeds. */
  sightings: number;
  /** How many the reader has. */
  groups: number;
}

const PAGE_SIZE = 50; // the service's default

/** The most rows that such a page may read. */
export function pageBound({ sightings, groups }: PageSeen): number {
  return 2 * sightings + 2 * PAGE_SIZE + 6 * groups + 20;
}

export function sightingsOf(
  events: { allowed_groups?: readonly string[] | undefined }[],
  groups: readonly string[],
): number {
  return events.reduce(
    (sum, { allowed_groups }) => sum + (allowed_groups?.filter((name) => groups.includes(name)).length ?? 1),
    0,
  );
}
