import { blob, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// The verifiable log: events in ascending order of ID, each an entry with an index from 0, and the Merkle tree over them
// (C2SP tlog-tiles). No table has a row for each event.

/** How far the log has come: one row with ID 1. Without it, nothing has been appended or published yet. */
export const logState = sqliteTable("log_state", {
  id: integer().primaryKey(),
  /** Entries of the tree in D1. */
  size: integer().notNull(),
  /** Base64 of that tree's root. With `size`, the guard of every append: of two at once, one changes nothing. */
  root: text().notNull(),
  /** Of the last entry; 0 in an empty log. */
  last_event_id: integer().notNull(),
  /** The newest signed checkpoint that may be shown. NULL until the log has caught up for the first time. */
  checkpoint: text(),
  /** Entries of the tree that the checkpoint names. */
  checkpoint_size: integer().notNull().default(0),
  /** When the checkpoint was signed. */
  checkpoint_at: integer(),
  /** Entries whose full bundles, and the full tiles above them, are in the copy. */
  copied_size: integer().notNull().default(0),
  /** Why nothing is signed any more. NULL: the log goes on. */
  stopped_reason: text(),
  /** Entries that were compared with their events again, in this round. */
  audited_size: integer().notNull().default(0),
});

/** Runs of entries whose events have consecutive IDs: a row is made only where IDs jump. */
export const logRuns = sqliteTable("log_runs", {
  first_event_id: integer().primaryKey(),
  /** The index of that event's entry. */
  first_index: integer().notNull().unique("log_runs_first_index"),
});

/**
 * 256 entries each, without their IDs, which the runs give. The last one may have fewer; each append that adds to it
 * replaces it.
 */
export const logBundles = sqliteTable("log_bundles", {
  number: integer().primaryKey(),
  /**
   * For each entry 38 bytes: `recorded_at` as 6 bytes, big-endian, and the commitment. With 2 bytes more, SQLite would leave
   * a sixth of the row's pages empty.
   */
  entries: blob({ mode: "buffer" }).notNull(),
});

/**
 * Tiles of level 1 and higher: 256 hashes each. The last one of a level may have fewer; it is replaced as the bundles are.
 * Level 0 is computed from the bundles. WITHOUT ROWID.
 */
export const logTiles = sqliteTable(
  "log_tiles",
  {
    level: integer().notNull(),
    number: integer().notNull(),
    /** 32 bytes each. */
    hashes: blob({ mode: "buffer" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.level, table.number] })],
);
