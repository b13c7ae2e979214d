import { Hono } from "hono";
import { redeliver } from "../../domain/deliveries/list-deliveries.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { flashMessageUrl } from "../shared/flash-message.tsx";
import { consoleForm, fieldText } from "../shared/forms.ts";
import { projectUrl } from "../shared/page-urls.ts";
import { safeReturnUrl } from "../shared/return-url.ts";

/** Queues a delivery again and redirects to the page that has the button. */
export const deliveryRoutes = new Hono<AppEnv>().post("/:id/redeliver", requireReader, consoleForm, async (c) => {
  const form = await c.req.parseBody();
  const { project } = await redeliver(c.get("context"), c.get("reader"), c.req.param("id"));
  const back = safeReturnUrl(fieldText(form["back"]));
  return c.redirect(flashMessageUrl(back === "/" ? projectUrl(project) : back, "redelivered"), 303);
});
