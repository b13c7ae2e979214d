import type { ReaderClaims } from "../reader-token.ts";
import type { Subscriber } from "../../test/kit/subscriber.ts";

export const PROJECTS = ["storefront", "payments", "atlas"] as const;

export const ada: ReaderClaims = { user: "ada", groups: ["storefront-team", "security"] };
export const ben: ReaderClaims = { user: "ben", groups: ["payments-team"] };

/** The groups that may see the events, in turn. `undefined`: every reader; `[]`: only auditors. */
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
