import type { InferRequestType } from "hono/client";
import type { Routes } from "./routes.ts";

type Query = InferRequestType<Routes["api"]["v1"]["events"]["query"]["$get"]>["query"];

/** Some of everything. The service says which count: `state_*` only without `inventory_project`, each below its parent. */
export type Filters = Omit<Query, "page_size" | "page_from" | "page_after">;

/** The nine listings: everything, all of it or filtered, and each level of the two trees. Names are given as they are. */
export type Listing =
  | "everything"
  | Filters
  | readonly ["inventory", project?: string, application?: string, version?: string]
  | readonly ["state", project?: string, environment?: string, deployment?: string];

export interface Paging {
  page_size: number;
  page_from?: string | undefined;
  page_after?: string | undefined;
}

/** @throws TypeError for a name that a URL cannot hold: it would be folded out of the path, and ask for more. */
export function listingUrl(baseUrl: string, listing: Listing, paging: Paging): string {
  const { path, ...place } = placeOf(listing);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...place.query, ...paging })) {
    if (value !== undefined) query.set(name, `${value}`);
  }
  return `${baseUrl.replace(/\/+$/, "")}/api/v1/events/query/${path}?${query.toString()}`;
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
