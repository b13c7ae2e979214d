import { Hono } from "hono";
import { browseDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import { ownsProject } from "../../domain/access/roles.ts";
import { readHealth } from "../../domain/subscriptions/attempt-statistics.ts";
import { listSubscriptions } from "../../domain/subscriptions/subscription-set.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-reader.ts";
import { validate } from "../../http/middleware/validate.ts";
import { DeliveryFormQuery } from "../deliveries/delivery-query.ts";
import { ProjectPage } from "./project-page.tsx";
import { renderPage } from "../shared/page-context.tsx";

/** A project's subscriptions, and what became of what they were to be told. */
export const project = new Hono<AppEnv>().get(
  "/:project",
  requireReader,
  validate("query", DeliveryFormQuery),
  async (c) => {
    const { db, now } = c.get("context");
    const reader = c.get("reader");
    const name = c.req.param("project");
    const query = c.req.valid("query");
    const { rows: subscriptions } = await listSubscriptions(db, reader, name);
    const ids = subscriptions.map(({ id }) => id);
    const [health, page] = await Promise.all([
      readHealth(db, ids, now()),
      browseDeliveries({ db, now }, reader, name, query),
    ]);
    return renderPage(
      c,
      <ProjectPage
        project={name}
        isOwner={ownsProject(reader, name)}
        subscriptions={subscriptions}
        health={health}
        url={new URL(c.req.url)}
        query={query}
        page={page}
        now={now()}
      />,
    );
  },
);
