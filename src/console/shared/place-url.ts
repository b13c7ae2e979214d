import type { Scope } from "../../domain/access/scope.ts";

/** The path of a scope's page: its names as they are said, percent-encoded. */
export function placeUrl([tree, ...names]: Scope): string {
  if (tree === "everything") return "/";
  return `/${[tree === "state" ? "project" : tree, ...names.map(encodeURIComponent)].join("/")}`;
}

/** The same page with other parameters: undefined takes one away. A new view begins at its newest page. */
export function viewUrl(url: URL, changes: Record<string, string | undefined>): string {
  const gone = new Set(["page_from", "page_after", ...Object.keys(changes)]);
  const parameters = new URLSearchParams(
    [...url.searchParams].filter(([name, value]) => !gone.has(name) && value !== ""),
  );
  for (const [name, value] of Object.entries(changes)) if (value !== undefined) parameters.set(name, value);
  const search = parameters.toString();
  return search === "" ? url.pathname : `${url.pathname}?${search}`;
}
