import { Hono } from "hono";
import { getDelivery, listProjectDeliveries, redeliver } from "../domain/deliveries/list-deliveries.ts";
import { toDelivery } from "../domain/deliveries/delivery-view.ts";
import { DeliveryQuery } from "../schemas/delivery.ts";
import type { AppEnv } from "../http/app-env.ts";
import { jsonResponse } from "../http/json-response.ts";
import { requireReader } from "../http/middleware/require-reader.ts";
import { requireProjectMember } from "../http/middleware/require-role.ts";
import { validate } from "../http/middleware/validate.ts";
import { nextLink } from "./next-link.ts";

/** They change by themselves, and tell of secrets: nobody keeps a copy. */
const UNCACHED = { "Cache-Control": "private, no-store" };

export const deliveries = new Hono<AppEnv>()
  .get("/project/:project", requireReader, requireProjectMember, validate("query", DeliveryQuery), async (c) => {
    const { db } = c.get("context");
    const query = c.req.valid("query");
    const page = await listProjectDeliveries(db, c.get("reader"), c.req.param("project"), query);
    if (page.next !== undefined) c.header("Link", nextLink(c.req.url, { page_from: page.next }));
    return jsonResponse(c, page.deliveries.map(toDelivery), 200, UNCACHED);
  })
  .get("/:id", requireReader, async (c) => {
    const { db } = c.get("context");
    return jsonResponse(c, await getDelivery(db, c.get("reader"), c.req.param("id")), 200, UNCACHED);
  })
  .post("/:id/redeliver", requireReader, async (c) => {
    const delivery = await redeliver(c.get("context"), c.get("reader"), c.req.param("id"));
    return jsonResponse(c, toDelivery(delivery), 202, UNCACHED);
  });
