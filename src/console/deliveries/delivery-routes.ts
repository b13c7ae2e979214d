import { Hono } from "hono";
import { redeliver } from "../../domain/deliveries/list-deliveries.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { ourForm, textOf } from "../shared/forms.ts";
import { projectUrl } from "../shared/project-url.ts";
import { flashMessageUrl } from "../shared/flash-messages.ts";
import { safeReturnUrl } from "../shared/return-url.ts";

/** Sends a delivery again, and leads back to where that was asked for. */
export const deliveries = new Hono<AppEnv>().post("/:id/redeliver", requireReader, ourForm, async (c) => {
  const form = await c.req.parseBody();
  const { project } = await redeliver(c.get("context"), c.get("reader"), c.req.param("id"));
  const back = safeReturnUrl(textOf(form["back"]));
  return c.redirect(flashMessageUrl(back === "/" ? projectUrl(project) : back, "redelivered"), 303);
});
