/** A feed within a scope. `name` is the name of the group. It is empty for the other two kinds. */
export type FeedName = readonly [kind: "everyone" | "auditors" | "group", name: string];

export interface FeedRange {
  /** The path of the scope, made by `scopePath`. */
  scope: string;
  feeds: FeedName[];
  /**
   * `before`: events with lower IDs, newest first. `after`: events with higher IDs, oldest first. Both are decimals,
   * and may be higher than every ID.
   */
  cursor: { before: string } | { after: string };
  limit: number;
  /** If the first event has this ID, there is nothing new, and the result is undefined. */
  unlessFirstIs?: number | undefined;
  /** True if the caller needs `hasNewer`. */
  checksForNewer?: boolean | undefined;
}

/** A cursor above every ID. SQLite casts every larger decimal to this value. */
export const NEWEST = "9223372036854775807";
