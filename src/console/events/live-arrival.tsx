import { raw } from "hono/html";
import type { Scope } from "../../domain/access/scope-path.ts";
import type { ListingQuery } from "../../domain/events/listing-query.ts";
import { LIVE_ARRIVAL_SCRIPT } from "../assets/browser-scripts.ts";
import { usePage } from "../shared/page-context.tsx";
import { viewUrl } from "../shared/page-urls.ts";

/** The script shows a number up to 99, and "99+" for more. */
const MAX_ARRIVALS = 100;

interface LiveArrivalProps {
  listing: ListingQuery;
  /** The newest event ID when the page was read. */
  head: number;
}

/**
 * Counts the events that arrive while the page is open, and links to the newest page. The events on the page do not
 * move.
 */
export function LiveArrival({ listing, head }: LiveArrivalProps) {
  const { url } = usePage();
  return (
    <>
      <p id="arrival" role="status" data-stream={streamUrl(listing, head, MAX_ARRIVALS)}>
        <a href={viewUrl(url, {})} hidden></a>
      </p>
      <script type="module">{raw(LIVE_ARRIVAL_SCRIPT)}</script>
    </>
  );
}

const LISTING = "/api/v1/events/query";

/** The URL of the API's live stream for a view: the events after the ID `after`, at most `limit` of them. */
function streamUrl(
  { scope, query: { type = [], username, since, until } }: ListingQuery,
  after: number,
  limit: number,
): string {
  const [path, parameters] = listingPath(scope);
  for (const name of type) parameters.append("type", name);
  const times = {
    since: since !== undefined && isAfterAll(since) ? LATEST : since,
    until: until !== undefined && isAfterAll(until) ? undefined : until,
  };
  for (const [name, value] of Object.entries({ username, ...times, page_after: `${after}`, limit: `${limit}` })) {
    if (value !== undefined) parameters.set(name, value);
  }
  return `${path}?${parameters.toString()}`;
}

/** The latest timestamp that an event can have, in nanoseconds. The API rejects decimals with more digits. */
const LATEST = "9".repeat(19);

function isAfterAll(timestampNs: string): boolean {
  return timestampNs.length > LATEST.length;
}

function listingPath([tree, ...names]: Scope): [path: string, parameters: URLSearchParams] {
  const parameters = new URLSearchParams();
  if (tree === "everything") return [LISTING, parameters];
  const segments = names.map(encodeURIComponent);
  const [, , deployment] = names;
  if (tree === "inventory" || deployment === undefined) {
    return [[LISTING, tree === "state" ? "project" : tree, ...segments].join("/"), parameters];
  }
  parameters.set("deployment", deployment);
  return [[LISTING, "project", ...segments.slice(0, 2), "deployment"].join("/"), parameters];
}
