import type { EventType } from "../../src/schemas/event.ts";
import type { ReaderClaims } from "../reader-token.ts";

export const PROJECTS = ["storefront", "payments", "atlas"] as const;

export const AUDITORS = "auditors";

export const ada: ReaderClaims = { user: "ada", groups: ["storefront-team", "security"] };
export const ben: ReaderClaims = { user: "ben", groups: ["payments-team"] };
export const auditor: ReaderClaims = { user: "ruth", groups: [AUDITORS] };

/** Who may see the events, in turn. `undefined`: every reader; `[]`: only auditors. */
export const AUDIENCES: (string[] | undefined)[] = [
  undefined,
  undefined,
  ["storefront-team"],
  ["payments-team"],
  undefined,
  ["payments-team", "security"],
  [],
  ["storefront-team", "security"],
  undefined,
  undefined,
];

/** A destination that an owner subscribes to a project's events. */
export interface Subscriber {
  name: string;
  project: (typeof PROJECTS)[number];
  type: "webhook" | "slack";
  /** Left out: every type. */
  eventTypes?: EventType[];
  /** On whose behalf it is told. */
  groups: string[];
}

export const SUBSCRIBERS: Subscriber[] = [
  { name: "storefront-audit", project: "storefront", type: "webhook", groups: ["storefront-team"] },
  {
    name: "storefront-chat",
    project: "storefront",
    type: "slack",
    eventTypes: ["CREATE_STATE_DEPLOYMENT"],
    groups: ["storefront-team"],
  },
  { name: "payments-audit", project: "payments", type: "webhook", groups: ["payments-team"] },
  {
    name: "payments-builds",
    project: "payments",
    type: "webhook",
    eventTypes: ["ADD_BUILD", "TRIGGER_BUILD_WEBHOOK", "BUILD_FINISHED_EVENT"],
    groups: [],
  },
];

export function ownerOf(project: string): ReaderClaims {
  return { user: `${project}-owner`, groups: [`project:${project}:global:owner`, `${project}-team`] };
}
