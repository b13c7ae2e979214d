/** Filters of every listing. An absent or empty filter is ignored. */
export interface Filters {
  /** Events of this type, or of any of these types. */
  type?: string | string[] | undefined;
  username?: string | undefined;
  /** Events with this timestamp or a later one: RFC 3339, or nanoseconds since 1970. */
  since?: string | undefined;
  /** Events with an earlier timestamp: RFC 3339, or nanoseconds since 1970. */
  until?: string | undefined;
}

/**
 * Selects a part of all events. The service ignores a field without the field before it. It also ignores `state_*` if
 * `inventory_project` is present.
 *
 * @example
 * const production: Scope = { state_project: "shop", state_environment: "production" };
 */
export interface Scope {
  inventory_project?: string | undefined;
  inventory_application?: string | undefined;
  inventory_version?: string | undefined;
  state_project?: string | undefined;
  state_environment?: string | undefined;
  state_deployment?: string | undefined;
}

/**
 * One of the nine listings: all events, or a level of the Inventory or of State. Names are not percent-encoded.
 *
 * @example
 * const release: Listing = ["inventory", "shop", "checkout", "2.4.0"];
 */
export type Listing =
  | "everything"
  | Scope
  | readonly ["inventory", project?: string, application?: string, version?: string]
  | readonly ["state", project?: string, environment?: string, deployment?: string];

export interface ListingQuery extends Filters {
  page_size: number;
  page_from?: string | undefined;
  page_after?: string | undefined;
}

/**
 * @throws TypeError for a name that a path cannot contain. URL parsers remove such names, which would select a larger
 * listing.
 */
export function listingUrl(baseUrl: string, listing: Listing, listingQuery: ListingQuery): string {
  const { path, query } = toPath(listing);
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries({ ...query, ...listingQuery })) {
    for (const value of [values].flat()) if (value !== undefined) parameters.append(name, `${value}`);
  }
  return `${baseUrl.replace(/\/+$/, "")}/api/v1/events/query/${path}?${parameters.toString()}`;
}

function toPath(listing: Listing): { path: string; query: Scope & { deployment?: string | undefined } } {
  if (listing === "everything") return { path: "", query: {} };
  if (!isPath(listing)) return { path: "", query: listing };
  const [tree, ...names] = listing;
  const segments = [tree === "state" ? "project" : tree, ...names.map(encodeName)];
  if (tree === "inventory" || names.length < 3) return { path: `${segments.join("/")}/`, query: {} };
  return { path: `${segments.slice(0, 3).join("/")}/deployment`, query: { deployment: names[2] } };
}

function isPath(listing: Exclude<Listing, string>): listing is Extract<Listing, readonly unknown[]> {
  return Array.isArray(listing);
}

function encodeName(name: string | undefined): string {
  if (name === undefined || ["", ".", ".."].includes(name)) {
    throw new TypeError(
      `${JSON.stringify(name)} is not a name in a listing: leave it out, or give a name other than "", "." and "..".`,
    );
  }
  return encodeURIComponent(name);
}
