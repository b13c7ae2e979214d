import { Hono } from "hono";
import { browseEventDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import { getEvent } from "../../domain/events/get-event.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { renderPage } from "../shared/page-context.tsx";
import { EventPage } from "./event-page.tsx";

/** An event, with its deliveries in the projects that the reader has a role in. */
export const eventRoutes = new Hono<AppEnv>().get("/:id", requireReader, async (c) => {
  const context = c.get("context");
  const reader = c.get("reader");
  const { json } = await getEvent(context.db, reader, c.req.param("id"));
  const projects = await browseEventDeliveries(context, reader, parseEventFacts(json));
  return renderPage(c, <EventPage json={json} projects={projects} />);
});
