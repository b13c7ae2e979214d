import { Hono } from "hono";
import { projectsOf } from "../../domain/access/roles.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-reader.ts";
import { ScopeName } from "../../schemas/text.ts";
import { projectUrl } from "../shared/project-url.ts";
import { ProjectsPage } from "./project-list-page.tsx";
import { renderPage } from "../shared/page-context.tsx";

/** The projects that a reader has a role in, and the way to any other. */
export const projects = new Hono<AppEnv>().get("/", requireReader, (c) => {
  const reader = c.get("reader");
  const name = c.req.query("project") ?? "";
  const fault = name === "" ? undefined : ScopeName.safeParse(name).error?.issues[0]?.message;
  if (name !== "" && fault === undefined) return c.redirect(projectUrl(name), 303);
  return renderPage(
    c,
    <ProjectsPage
      projects={projectsOf(reader)}
      isAuditor={reader.isAuditor}
      typed={fault === undefined ? undefined : { name, fault }}
    />,
    fault === undefined ? 200 : 422,
  );
});
