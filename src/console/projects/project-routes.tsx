import { Hono } from "hono";
import { listProjectRoles } from "../../domain/access/roles.ts";
import { browseDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import { readSubscriptionHealth } from "../../domain/subscriptions/subscription-health.ts";
import { listSubscriptions } from "../../domain/subscriptions/subscription-set.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { validate } from "../../http/middleware/validate.ts";
import { ScopeName } from "../../schemas/text.ts";
import { DeliveryFormQuery } from "../deliveries/delivery-filters.tsx";
import { renderPage } from "../shared/page-context.tsx";
import { projectUrl } from "../shared/page-urls.ts";
import { ProjectListPage } from "./project-list-page.tsx";
import { ProjectPage } from "./project-page.tsx";

export const projects = new Hono<AppEnv>()
  // The projects in which the reader has a role, and a form to open any other by its name.
  .get("/", requireReader, (c) => {
    const reader = c.get("reader");
    const name = c.req.query("project") ?? "";
    const fault = name === "" ? undefined : ScopeName.safeParse(name).error?.issues[0]?.message;
    if (name !== "" && fault === undefined) return c.redirect(projectUrl(name), 303);
    return renderPage(
      c,
      <ProjectListPage
        projects={listProjectRoles(reader)}
        isAuditor={reader.isAuditor}
        typed={fault === undefined ? undefined : { name, fault }}
      />,
      fault === undefined ? 200 : 422,
    );
  })
  // A project's subscriptions and their deliveries.
  .get("/:project", requireReader, validate("query", DeliveryFormQuery), async (c) => {
    const context = c.get("context");
    const reader = c.get("reader");
    const project = c.req.param("project");
    const query = c.req.valid("query");
    const listed = await listSubscriptions(context, reader, project);
    const [health, page] = await Promise.all([
      readSubscriptionHealth(
        context,
        listed.subscriptions.map(({ subscription }) => subscription.id),
      ),
      browseDeliveries(context, reader, project, query),
    ]);
    return renderPage(c, <ProjectPage project={project} listed={listed} health={health} query={query} page={page} />);
  });
