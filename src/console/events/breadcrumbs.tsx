import type { Scope } from "../../domain/access/scope-path.ts";
import { LEVELS_BY_TREE } from "../../schemas/scope.ts";
import { placeUrl } from "../shared/page-urls.ts";
import { UserText } from "../shared/untrusted-text.tsx";

interface Crumb {
  scope: Scope;
  level: string;
  name: string | undefined;
}

/** The scopes from the tree's root down to a scope. */
function toCrumbs(scope: Scope): Crumb[] {
  const [tree, ...names] = scope;
  if (tree === "everything") return [];
  return [
    { scope: [tree], level: treeName(tree), name: undefined },
    ...names.map((name, depth) => ({
      scope: [tree, ...names.slice(0, depth + 1)] as const,
      level: LEVELS_BY_TREE[tree][depth]?.label ?? "",
      name,
    })),
  ];
}

export function treeName(tree: Scope[0]): string {
  return { everything: "Everything", inventory: "Inventory", state: "Projects" }[tree];
}

/** Links to the scopes above a page, each with the page's filters. */
export function Breadcrumbs({ scope, search }: { scope: Scope; search: string }) {
  const crumbs = [{ scope: ["everything"] as const, level: "Everything", name: undefined }, ...toCrumbs(scope)];
  return (
    <nav class="crumbs" aria-label="Breadcrumb">
      <ol>
        {crumbs.map(({ scope: place, level, name }, index) => (
          <li>
            <a href={`${placeUrl(place)}${search}`} {...(index === crumbs.length - 1 && { "aria-current": "page" })}>
              {name === undefined ? level : <UserText text={name} />}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The names of a scope, each a link to its feed. */
export function PlaceLinks({ scope }: { scope: Scope }) {
  return (
    <span class="place">
      {toCrumbs(scope)
        .slice(1)
        .map(({ scope: place, level, name = "" }) => (
          <a href={placeUrl(place)} title={level}>
            <UserText text={name} />
          </a>
        ))}
    </span>
  );
}

/** The level of the last name in a scope, such as "Deployment". */
export function levelLabel([tree, ...names]: Scope): string {
  if (tree === "everything" || names.length === 0) return treeName(tree);
  return LEVELS_BY_TREE[tree][names.length - 1]?.label ?? "";
}
