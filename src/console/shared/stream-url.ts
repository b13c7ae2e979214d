import type { ListingQuery } from "../../domain/events/fetch-page.ts";
import type { Scope } from "../../domain/access/scope.ts";

const LISTING = "/api/v1/events/query";

/** Where the API tells, as it happens, what comes into a view after an event. It ends after `limit`. */
export function streamUrl(
  { scope, query: { type = [], username, since, until } }: ListingQuery,
  after: number,
  limit: number,
): string {
  const [path, parameters] = listingOf(scope);
  for (const name of type) parameters.append("type", name);
  const times = {
    since: since !== undefined && isBeyondAll(since) ? LATEST : since,
    until: until !== undefined && isBeyondAll(until) ? undefined : until,
  };
  for (const [name, value] of Object.entries({ username, ...times, page_after: `${after}`, limit: `${limit}` })) {
    if (value !== undefined) parameters.set(name, value);
  }
  return `${path}?${parameters.toString()}`;
}

/** The latest time that an event can have, which is all that the API takes as a decimal. */
const LATEST = "9".repeat(19);

function isBeyondAll(nanoseconds: string): boolean {
  return nanoseconds.length > LATEST.length;
}

function listingOf([tree, ...names]: Scope): [path: string, parameters: URLSearchParams] {
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
