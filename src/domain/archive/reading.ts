import type { Context } from "../../context.ts";

/**
 * What reading events needs: the database, and the archive for the events that the database no longer has. `db` may be
 * a session on a replica. A replica that lags still has the rows of events that were archived last, and reads these
 * rows.
 */
export type Reading = Pick<Context, "db" | "archive" | "archiveCache" | "edgeObjects" | "background" | "log">;
