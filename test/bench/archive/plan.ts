import { scopePath } from "../../../src/domain/access/scope-path.ts";
import { group, VAULT, type PastEvent } from "../history/past-events.ts";

const QUERY = "/api/v1/events/query";

/** The value of AUDITOR_GROUPS. */
export const AUDITORS = "auditors";

/** The requests of the bench name a database, and whether the isolate may use what it has read before. */
export const DATABASE_HEADER = "x-bench-database";
export const WITHOUT_CACHES_HEADER = "x-bench-without-caches";

/** Two databases with the same history. In the second one, all whole segments are moved to the archive. */
export const HOT = "HOT";
export const MOVED = "MOVED";
export type DatabaseName = typeof HOT | typeof MOVED;

/** A reader, and the listing that the reader reads. */
export interface Reader {
  name: string;
  groups: string[];
  path: string;
  /** The listing in the column `scope` of `feeds`. */
  scope: string;
  /** True if the reader sees only a few events, so that each page begins near the boundary. */
  isRare?: true;
  /** By the documented rules, without code of the service. */
  sees: (event: PastEvent) => boolean;
}

const everywhere = { path: QUERY, scope: scopePath(["everything"]) };
const groups = (count: number) => Array.from({ length: count }, (_, number) => group(number));

function readerIn(names: string[]): Reader {
  const own = new Set(names);
  const sees = ({ allowed_groups }: PastEvent) => allowed_groups?.some((name) => own.has(name)) ?? true;
  return { name: `reader in ${names.length} groups`, groups: names, ...everywhere, sees };
}

export const AUDITOR: Reader = { name: "auditor", groups: [AUDITORS], ...everywhere, sees: () => true };
export const READER_IN_3: Reader = readerIn(groups(3));
export const RARE_READER: Reader = {
  name: "reader with 60 visible events",
  groups: ["rare"],
  path: `${QUERY}/project/${VAULT}`,
  scope: scopePath(["state", VAULT]),
  isRare: true,
  sees: ({ allowed_groups, state_project }) => state_project === VAULT && allowed_groups?.includes("rare") === true,
};

export const READERS: readonly Reader[] = [AUDITOR, READER_IN_3, readerIn(groups(100)), RARE_READER];

/** The feeds that a page of this reader merges. */
export function countFeeds({ groups: names }: Reader): number {
  return names.length + 1;
}

export type Job =
  /** One sweep of the mover. */
  | { do: "sweep" }
  | { do: "describe" }
  /** Counts the reader's lists in each of the segments, which are given by their first IDs. */
  | { do: "count lists"; groups: string[]; scope: string; segments: number[] };

/** What a sweep cost. */
export interface Sweep {
  /** False if there was nothing to move. */
  hasMoved: boolean;
  milliseconds: number;
  rowsRead: number;
  rowsWritten: number;
  queries: number;
  r2Gets: number;
}

export interface Segment {
  first: number;
  last: number;
  events: number;
  /** The bytes of its objects. */
  bytes: number;
  /** The number of the segment's rows in the directory. */
  rows: number;
}

/** What the moved database holds. */
export interface Description {
  /** The bytes of D1. */
  bytes: number;
  /** The events above the boundary. */
  hotEvents: number;
  segments: Segment[];
  /** The bytes of all objects in the bucket, by their kind. */
  objects: { events: number; postings: number; feeds: number; manifests: number };
}
