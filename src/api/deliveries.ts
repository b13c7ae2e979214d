import { Hono } from "hono";
import { getDelivery, listProjectDeliveries, redeliver } from "../domain/deliveries/list-deliveries.ts";
import { DeliveryQuery } from "../schemas/delivery.ts";
import type { AppEnv } from "../http/app-env.ts";
import { NO_STORE } from "../http/caching-headers.ts";
import { jsonResponse } from "../http/json-response.ts";
import { requireProjectMember, requireReader } from "../http/middleware/require-access.ts";
import { validate } from "../http/middleware/validate.ts";
import { nextLink } from "./listings/page-headers.ts";

export const deliveries = new Hono<AppEnv>()
  .get("/project/:project", requireReader, requireProjectMember, validate("query", DeliveryQuery), async (c) => {
    const { db } = c.get("context");
    const query = c.req.valid("query");
    const page = await listProjectDeliveries(db, c.get("reader"), c.req.param("project"), query);
    if (page.next !== undefined) c.header("Link", nextLink(c.req.url, { page_from: page.next }));
    return jsonResponse(c, page.deliveries, 200, NO_STORE);
  })
  .get("/:id", requireReader, async (c) => {
    const { db } = c.get("context");
    return jsonResponse(c, await getDelivery(db, c.get("reader"), c.req.param("id")), 200, NO_STORE);
  })
  .post("/:id/redeliver", requireReader, async (c) => {
    const delivery = await redeliver(c.get("context"), c.get("reader"), c.req.param("id"));
    return jsonResponse(c, delivery, 202, NO_STORE);
  });
