import type { InferRequestType } from "hono/client";
import type { Routes } from "./routes.ts";

type Query = Routes["api"]["v1"]["events"]["query"];
type AnyQuery = InferRequestType<Query["project"]["$get"]>["query"];

/**
 * What every listing can be limited to; what is left out or empty limits nothing. Times are RFC 3339, or nanoseconds since
 * 1970: `since` is the first that counts, `until` the first that does not.
 */
export type Filters = Omit<AnyQuery, "page_size" | "page_from" | "page_after" | "limit" | "lastEventId">;

/** A part of everything. The service says which count: `state_*` only without `inventory_project`, each below its parent. */
export type Scope = Omit<InferRequestType<Query["$get"]>["query"], keyof AnyQuery>;

/** The nine listings: everything, all of it or a part, and each level of the two trees. Names are given as they are. */
export type Listing =
  | "everything"
  | Scope
  | readonly ["inventory", project?: string, application?: string, version?: string]
  | readonly ["state", project?: string, environment?: string, deployment?: string];

export interface Wanted extends Filters {
  page_size: number;
  page_from?: string | undefined;
  page_after?: string | undefined;
}

/** @throws TypeError for a name that a URL cannot hold: it would be folded out of the path, and ask for more. */
export function listingUrl(baseUrl: string, listing: Listing, wanted: Wanted): string {
  const { path, query } = placeOf(listing);
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries({ ...query, ...wanted })) {
    for (const value of [values].flat()) if (value !== undefined) parameters.append(name, `${value}`);
  }
  return `${baseUrl.replace(/\/+$/, "")}/api/v1/events/query/${path}?${parameters.toString()}`;
}

function placeOf(listing: Listing): { path: string; query: Record<string, string | undefined> } {
  if (listing === "everything") return { path: "", query: {} };
  if (!isPath(listing)) return { path: "", query: listing };
  const [tree, ...names] = listing;
  const segments = [tree === "state" ? "project" : tree, ...names.map(segmentOf)];
  if (tree === "inventory" || names.length < 3) return { path: `${segments.join("/")}/`, query: {} };
  return { path: `${segments.slice(0, 3).join("/")}/deployment`, query: { deployment: names[2] } };
}

function isPath(listing: Exclude<Listing, string>): listing is Extract<Listing, readonly unknown[]> {
  return Array.isArray(listing);
}

function segmentOf(name: string | undefined): string {
  if (name === undefined || ["", ".", ".."].includes(name)) {
    throw new TypeError(
      `${JSON.stringify(name)} names nothing: leave it out, or give a name other than "", "." and "..".`,
    );
  }
  return encodeURIComponent(name);
}
