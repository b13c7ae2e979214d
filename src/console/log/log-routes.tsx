import { Hono } from "hono";
import { describeLog } from "../../domain/log/describe-log.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { renderPage } from "../shared/page-context.tsx";
import { LogPage } from "./log-page.tsx";

/** The page about the verifiable log. The API has the paths below `/log/`. */
export const logRoutes = new Hono<AppEnv>().get("/log", requireReader, async (c) => {
  const context = c.get("context");
  const log = await describeLog(context);
  return renderPage(c, <LogPage log={log} origin={context.config.publicUrl ?? new URL(c.req.url).origin} />);
});
