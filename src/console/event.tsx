import { Hono } from "hono";
import { getEvent } from "../domain/events/get-event.ts";
import type { AppEnv } from "../routes/env.ts";
import { asReader } from "../routes/middleware/readers.ts";
import { EventPage } from "./views/events/event-page.tsx";
import { visitorOf } from "./visitor.ts";

export const event = new Hono<AppEnv>().get("/:id", asReader, async (c) => {
  const { db, now } = c.get("context");
  const row = await getEvent(db, c.get("reader"), c.req.param("id"));
  return c.html(<EventPage row={row} visitor={visitorOf(c)} now={now()} />);
});
