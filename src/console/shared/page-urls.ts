import type { Scope } from "../../domain/access/scope-path.ts";

/** The path of a scope's page, with its names percent-encoded. */
export function placeUrl([tree, ...names]: Scope): string {
  if (tree === "everything") return "/";
  return `/${[tree === "state" ? "project" : tree, ...names.map(encodeURIComponent)].join("/")}`;
}

/** The download that proves an event. */
export function proofUrl(eventId: string): string {
  return `/events/${eventId}/proof`;
}

/** The path of a project's own page, or of a page below it. `below` is not encoded here. */
export function projectUrl(project: string, ...below: string[]): string {
  return ["/projects", encodeURIComponent(project), ...below].join("/");
}

export function subscriptionUrl(project: string, id: string | number, ...below: string[]): string {
  return projectUrl(project, "subscriptions", encodeURIComponent(id), ...below);
}

export const STREAMS_URL = "/streams";

/** The path of a stream's page, or of a page below it. `below` is not encoded here. */
export function streamUrl(id: string, ...below: string[]): string {
  return [STREAMS_URL, encodeURIComponent(id), ...below].join("/");
}

/** The deliveries on a project's page, filtered by subscription or event. */
export function deliveriesUrl(project: string, filters: { subscription?: string; event?: string } = {}): string {
  const search = new URLSearchParams(filters).toString();
  return `${projectUrl(project)}${search === "" ? "" : `?${search}`}#deliveries`;
}

/**
 * The same page with changed parameters; undefined removes a parameter. Without a cursor, so the view starts at its
 * newest page.
 */
export function viewUrl(url: URL, changes: Record<string, string | undefined>): string {
  const dropped = new Set(["page_from", "page_after", ...Object.keys(changes)]);
  const parameters = new URLSearchParams(
    [...url.searchParams].filter(([name, value]) => !dropped.has(name) && value !== ""),
  );
  for (const [name, value] of Object.entries(changes)) if (value !== undefined) parameters.set(name, value);
  const search = parameters.toString();
  return search === "" ? url.pathname : `${url.pathname}?${search}`;
}
