import type { EventType } from "../../schemas/event.ts";

/** What the types of events are about; each belongs to one. */
export const EVENT_CATEGORIES: [name: string, belongs: (type: EventType) => boolean][] = [
  ["Builds", (type) => type.includes("BUILD")],
  ["Projects", (type) => (type.includes("STATE") && !type.endsWith("_ACL")) || /^(?:RERUN|DESTROY)/.test(type)],
  ["Inventory", (type) => type.includes("INVENTORY") && !type.endsWith("_ACL")],
  ["Access", (type) => type.endsWith("_ACL")],
  ["People", (type) => /^(?:USER|TEAM)_/.test(type)],
];
