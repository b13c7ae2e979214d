import type { Tree } from "./scope.ts";

/**
 * Where the API lists a scope, below `/api/v1/events/query/`. A deployment's name goes into the query, all other names into
 * the path. The client is bundled with this file, so it imports types only.
 */
export function listingPath(tree: Tree, names: readonly string[]): { path: string; query: { deployment?: string } } {
  const deployment = names[2];
  const segments = [tree === "state" ? "project" : tree, ...names.map(encodeURIComponent)];
  if (tree === "inventory" || deployment === undefined) return { path: `${segments.join("/")}/`, query: {} };
  return { path: `${segments.slice(0, 3).join("/")}/deployment`, query: { deployment } };
}
