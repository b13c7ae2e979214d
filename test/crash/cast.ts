import type { EventType } from "../../src/schemas/event.ts";
import type { Subscriber } from "../kit/subscriber.ts";

export const STATE_PROJECT = "shop";
export const INVENTORY_PROJECT = "warehouse";

export const TYPES: EventType[] = ["UPDATE_STATE_DEPLOYMENT", "ADD_BUILD", "BUILD_FINISHED_EVENT", "RERUN_SMOKE_TESTS"];

/**
 * The groups that may see an event. One of these items is chosen at random. `undefined`: every reader; `[]`: only
 * auditors.
 */
export const AUDIENCES: (string[] | undefined)[] = [
  undefined,
  undefined,
  undefined,
  undefined,
  ["shop-team"],
  ["shop-team", "warehouse-team"],
  ["warehouse-team"],
  [],
];

export const SUBSCRIBERS: Subscriber[] = [
  { name: "shop-audit", project: STATE_PROJECT, type: "webhook", groups: ["shop-team"] },
  { name: "shop-public", project: STATE_PROJECT, type: "webhook", groups: [] },
  {
    name: "shop-builds",
    project: STATE_PROJECT,
    type: "webhook",
    eventTypes: ["ADD_BUILD", "BUILD_FINISHED_EVENT"],
    groups: ["shop-team"],
  },
  { name: "warehouse-audit", project: INVENTORY_PROJECT, type: "webhook", groups: ["warehouse-team"] },
  { name: "warehouse-public", project: INVENTORY_PROJECT, type: "webhook", groups: [] },
];
