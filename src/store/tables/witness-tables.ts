import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What each witness of LOG_WITNESSES has cosigned last. WITHOUT ROWID. */
export const logWitnesses = sqliteTable(
  "log_witnesses",
  {
    /** The log's origin: a log with a new key is a new log, of which no witness knows. */
    origin: text().notNull(),
    /** The witness's verifier key. */
    witness: text().notNull(),
    /** Of the tree that the witness says it has cosigned last: the next request proves consistency from there. */
    size: integer().notNull().default(0),
    asked_at: integer().notNull(),
    /** The newest checkpoint whose cosignature has come, as the log signed it. NULL: none has. */
    checkpoint: text(),
    checkpoint_size: integer(),
    /** The witness's signature lines of this checkpoint. */
    cosignature: text(),
    /** By the witness's clock. */
    cosigned_at: integer(),
    /** Why the last request has brought no cosignature, as a sentence for people. NULL: it has brought one. */
    failure: text(),
  },
  (table) => [primaryKey({ columns: [table.origin, table.witness] })],
);
