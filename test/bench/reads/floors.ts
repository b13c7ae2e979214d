import { Hono, type Context } from "hono";

type FloorEnv = { Bindings: Env };

/** Responds without D1, which measures Hono and the runtime. */
export const withoutD1 = new Hono<FloorEnv>({ strict: false }).get("/api/v1/events/query", (c) =>
  c.json({ status: "ok" }),
);

/** Responds after the smallest possible query to D1. */
export const select1 = new Hono<FloorEnv>({ strict: false }).get("/api/v1/events/query", async (c) => {
  const { meta } = await c.env.DB.prepare("SELECT 1").run();
  setServerTiming(c, [meta]);
  return c.json({ status: "ok" });
});

/**
 * Inserts, in one batch, the rows in `events` and `feed_entries` of the events from `firstId` on. It does not search
 * for feeds, subscriptions or idempotency keys, and parses nothing.
 */
export async function bareBatch({ DB }: Env, firstId: number) {
  const events = await DB.prepare(
    "SELECT type, timestamp, username, recorded_at, hex(opening), json FROM events WHERE id >= ?",
  )
    .bind(firstId)
    .raw();
  const entries = await DB.prepare("SELECT feed_id, event_id - ?1 FROM feed_entries WHERE event_id >= ?1")
    .bind(firstId)
    .raw();
  const insertEvents = DB.prepare(
    `INSERT INTO events (type, timestamp, username, recorded_at, opening, json)
    SELECT value->>0, value->>1, value->>2, value->>3, unhex(value->>4), value->>5 FROM json_each(?)`,
  ).bind(JSON.stringify(events));
  const insertEntries = DB.prepare(
    `INSERT INTO feed_entries (feed_id, event_id)
    SELECT value->>0, (SELECT seq FROM sqlite_sequence WHERE name = 'events') - ?1 + 1 + (value->>1) FROM json_each(?2)`,
  ).bind(events.length, JSON.stringify(entries));
  return new Hono<FloorEnv>({ strict: false }).post("/internal/create-event", async (c) => {
    const results = await c.env.DB.batch([insertEvents, insertEntries]);
    setServerTiming(
      c,
      results.map(({ meta }) => meta),
    );
    return c.body(null, 200);
  });
}

/** Sets the header in the form that the service uses. */
function setServerTiming(c: Context<FloorEnv>, metas: D1Meta[]): void {
  if (c.env.SERVER_TIMING !== "true") return;
  const sum = (name: "rows_read" | "rows_written") => metas.reduce((total, meta) => total + meta[name], 0);
  c.header("Server-Timing", `d1-rows-read;desc="${sum("rows_read")}", d1-rows-written;desc="${sum("rows_written")}"`);
}
