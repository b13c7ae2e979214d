import { Hono } from "hono";
import { getDelivery, listProjectDeliveries, redeliver } from "../domain/deliveries/list-deliveries.ts";
import { viewOfDelivery } from "../domain/deliveries/delivery-view.ts";
import { DeliveryQuery } from "../schemas/delivery.ts";
import type { AppEnv } from "../http/app-env.ts";
import { jsonResponse } from "../http/json-response.ts";
import { asReader } from "../http/middleware/require-reader.ts";
import { membersOnly } from "../http/middleware/require-role.ts";
import { valid } from "../http/middleware/validate.ts";
import { linkTo } from "./next-link.ts";

/** They change by themselves, and tell of secrets: nobody keeps a copy. */
const UNCACHED = { "Cache-Control": "private, no-store" };

export const deliveries = new Hono<AppEnv>()
  .get("/project/:project", asReader, membersOnly, valid("query", DeliveryQuery), async (c) => {
    const { db } = c.get("context");
    const query = c.req.valid("query");
    const page = await listProjectDeliveries(db, c.get("reader"), c.req.param("project"), query);
    if (page.next !== undefined) c.header("Link", linkTo(c.req.url, { page_from: page.next }));
    return jsonResponse(c, page.deliveries.map(viewOfDelivery), 200, UNCACHED);
  })
  .get("/:id", asReader, async (c) => {
    const { db } = c.get("context");
    return jsonResponse(c, await getDelivery(db, c.get("reader"), c.req.param("id")), 200, UNCACHED);
  })
  .post("/:id/redeliver", asReader, async (c) => {
    const delivery = await redeliver(c.get("context"), c.get("reader"), c.req.param("id"));
    return jsonResponse(c, viewOfDelivery(delivery), 202, UNCACHED);
  });
