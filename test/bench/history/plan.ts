import { group } from "./past-events.ts";

const QUERY = "/api/v1/events/query";

/** A page that is measured for each size of the history. */
export interface Subject {
  name: string;
  path: string;
  groups: string[];
  /** True if the pages begin anywhere in the history, false if they begin with the newest event. */
  isDeep: boolean;
}

const groups = (count: number) => Array.from({ length: count }, (_, number) => group(number));

export const PAGES: readonly Subject[] = [
  { name: "first page, 3 groups", path: QUERY, groups: groups(3), isDeep: false },
  { name: "deep page, 3 groups", path: QUERY, groups: groups(3), isDeep: true },
  { name: "reader with 60 visible events", path: `${QUERY}/project/project-0`, groups: ["rare"], isDeep: false },
  { name: "reader in 100 groups", path: QUERY, groups: groups(100), isDeep: false },
  {
    name: "the same, and 24 of the groups see each event",
    path: `${QUERY}/project/shared`,
    groups: groups(100),
    isDeep: false,
  },
  {
    name: "narrowest scope, with 200 events",
    path: `${QUERY}/project/narrow/live/deployment?deployment=web`,
    groups: groups(3),
    isDeep: false,
  },
];

export const FLOORS = ["route without D1", "route with SELECT 1"] as const;
export type FloorName = (typeof FLOORS)[number];

/** A database, by its binding, and the number of its events. */
export interface History {
  binding: string;
  events: number;
}

export type Job =
  /** Records the first events of a history through the service. */
  | { do: "record"; binding: string; count: number; total: number }
  | { do: "probe"; page: number; history: History }
  | { do: "measure"; subject: number | FloorName; history: History; concurrency: number; requests: number };

/** What one page costs on D1. */
export interface Cost {
  rowsRead: number;
  events: number;
  /** The number of entries in the reader's feeds for the events of the page. */
  entries: number;
}
