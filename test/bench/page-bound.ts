/** What the bound on the rows of a page depends on. */
export interface PageContent {
  /** The number of entries in the reader's feeds for the events of the page. */
  entries: number;
  /** The number of the reader's groups. */
  groups: number;
}

const PAGE_SIZE = 50; // the service's default

/** The maximum number of rows that such a page may read. */
export function pageBound({ entries, groups }: PageContent): number {
  return 2 * entries + 2 * PAGE_SIZE + 6 * groups + 20;
}

export function countEntries(
  events: { allowed_groups?: readonly string[] | undefined }[],
  groups: readonly string[],
): number {
  return events.reduce(
    (sum, { allowed_groups }) => sum + (allowed_groups?.filter((name) => groups.includes(name)).length ?? 1),
    0,
  );
}
