import type { EventType } from "../../schemas/event.ts";

/** SVG paths in a box of 16 × 16. */
const SHAPES = {
  add: "M8 3v10M3 8h10",
  release: "M2.5 5 8 2l5.5 3v6L8 14l-5.5-3zM2.5 5 8 8l5.5-3M8 8v6",
  deploy: "M8 13V3M4 7l4-4 4 4",
  change: "M3 8a5 5 0 0 1 8.5-3.5L13 6M13 3v3h-3M13 8a5 5 0 0 1-8.5 3.5L3 10m0 3v-3h3",
  check: "M3 8.5 6.5 12 13 4.5",
  destroy: "M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 8.5h6l.5-8.5M7 7v4m2-4v4",
  build: "M9 6.5 3 12.5l1 1 6-6M8 3l5 5 1-2-4-4z",
  access: "M5 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM7.5 8H14v2.5M11 8v2",
  person: "M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 14a5 5 0 0 1 10 0",
  team: "M6 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM2 13a4 4 0 0 1 8 0M11 8.5a2 2 0 1 0-1-3.7M11.5 10a4 4 0 0 1 2.5 3",
} as const;

export type IconName = keyof typeof SHAPES;

export function iconName(type: EventType): IconName {
  if (type.endsWith("_ACL")) return "access";
  if (type.startsWith("TEAM_")) return "team";
  if (type.startsWith("USER_")) return "person";
  if (type.includes("BUILD")) return "build";
  if (type === "UPLOAD_INVENTORY_APPLICATION") return "release";
  if (type === "REDEPLOY_STATE_DEPLOYMENT") return "deploy";
  if (type === "UPDATE_STATE_DEPLOYMENT") return "change";
  if (type === "RERUN_SMOKE_TESTS") return "check";
  if (type === "DESTROY_REQUESTED") return "destroy";
  return "add";
}

/** Defines each icon of a page once, for `EventIcon` to refer to. */
export function EventIconShapes({ names }: { names: readonly IconName[] }) {
  return (
    <svg class="shapes" aria-hidden="true" width="0" height="0">
      {[...new Set(names)].map((name) => (
        <symbol id={name} viewBox="0 0 16 16">
          <path d={SHAPES[name]} />
        </symbol>
      ))}
    </svg>
  );
}

/** Decorative: the sentence beside it has the same information. */
export function EventIcon({ name }: { name: IconName }) {
  return (
    <svg class={`icon ${name}`} aria-hidden="true" width="16" height="16">
      <use href={`#${name}`} />
    </svg>
  );
}
