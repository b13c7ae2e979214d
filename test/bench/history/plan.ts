import { group } from "./past-events.ts";

const QUERY = "/api/v1/events/query";

/** Reads that are measured, at each size of the history. */
export interface Subject {
  name: string;
  path: string;
  groups: string[];
  /** Pages begin anywhere in the history; otherwise with the newest event. */
  isDeep: boolean;
}

const groups = (count: number) => Array.from({ length: count }, (_, number) => group(number));

export const PAGES: readonly Subject[] = [
  { name: "first page, 3 groups", path: QUERY, groups: groups(3), isDeep: false },
  { name: "deep page, 3 groups", path: QUERY, groups: groups(3), isDeep: true },
  { name: "rare reader: 60 events of all", path: `${QUERY}/project/project-0`, groups: ["rare"], isDeep: false },
  { name: "reader in 100 groups", path: QUERY, groups: groups(100), isDeep: false },
  {
    name: "the same, where 24 of them see each event",
    path: `${QUERY}/project/shared`,
    groups: groups(100),
    isDeep: false,
  },
  {
    name: "narrowest scope: 200 events of all",
    path: `${QUERY}/project/narrow/live/deployment?deployment=web`,
    groups: groups(3),
    isDeep: false,
  },
];

export const FLOORS = ["route without D1", "route with SELECT 1"] as const;
export type FloorName = (typeof FLOORS)[number];

/** Where a subject is asked: a database, by its binding, and how many events it holds. */
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
  /** How often the page's events are in the reader's feeds. */
  sightings: number;
}
