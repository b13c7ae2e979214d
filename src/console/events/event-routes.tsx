import { Hono } from "hono";
import { browseEventDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import { currentCheckpoint } from "../../domain/log/current-checkpoint.ts";
import { getProvableEvent } from "../../domain/log/get-provable-event.ts";
import { proveEvent } from "../../domain/log/prove-event.ts";
import { hasLog, logPublicKey } from "../../domain/log/require-log.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { renderPage } from "../shared/page-context.tsx";
import { EventPage } from "./event-page.tsx";
import { proofArchive } from "./proof-archive.ts";

/** An event, with its deliveries in the projects that the reader has a role in. */
export const eventRoutes = new Hono<AppEnv>()
  .get("/:id", requireReader, async (c) => {
    const context = c.get("context");
    const reader = c.get("reader");
    const [event, newest] = await Promise.all([
      getProvableEvent(context, reader, c.req.param("id")),
      hasLog(context.config) ? currentCheckpoint(context, context.db) : ({ kind: "none" } as const),
    ]);
    const projects = await browseEventDeliveries(context, reader, parseEventFacts(event.json));
    return renderPage(c, <EventPage event={event} newest={newest} projects={projects} />);
  })
  .get("/:id/proof", requireReader, async (c) => {
    const context = c.get("context");
    const { event, proof } = await proveEvent(context, c.get("reader"), c.req.param("id"), { cosigned: false });
    const archive = proofArchive({ ...event, proof, publicKey: logPublicKey(context.config), provedAt: context.now() });
    return c.body(archive, 200, {
      "Content-Type": "application/x-tar",
      "Content-Disposition": `attachment; filename="event-${event.id}-proof.tar"`,
    });
  });
