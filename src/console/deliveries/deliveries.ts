import { Hono } from "hono";
import { redeliver } from "../../domain/deliveries/deliveries.ts";
import type { AppEnv } from "../../routes/env.ts";
import { asReader } from "../../routes/middleware/readers.ts";
import { ourForm, textOf } from "../frame/forms.ts";
import { projectUrl } from "../urls/project-url.ts";
import { noticedUrl } from "../frame/notices.ts";
import { wayBack } from "../urls/way-back.ts";

/** Sends a delivery again, and leads back to where that was asked for. */
export const deliveries = new Hono<AppEnv>().post("/:id/redeliver", asReader, ourForm, async (c) => {
  const form = await c.req.parseBody();
  const { project } = await redeliver(c.get("context"), c.get("reader"), c.req.param("id"));
  const back = wayBack(textOf(form["back"]));
  return c.redirect(noticedUrl(back === "/" ? projectUrl(project) : back, "redelivered"), 303);
});
