import { Hono } from "hono";
import { checkStream } from "../../domain/streams/check-stream.ts";
import { removeStream } from "../../domain/streams/set-streams.ts";
import { pauseStream, resumeStream, rewindStream, skipEvent } from "../../domain/streams/steer-stream.ts";
import { invalidRequest } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireOperatorRole, requireReader } from "../../http/middleware/require-access.ts";
import { toFaults } from "../../schemas/faults.ts";
import { StreamRewind } from "../../schemas/stream.ts";
import { flashMessageUrl } from "../shared/flash-message.tsx";
import { consoleForm, fieldText } from "../shared/forms.ts";
import { STREAMS_URL, streamUrl } from "../shared/page-urls.ts";
import { respondWithStream, withPanelError } from "./respond-with-stream.tsx";

/** Actions on one stream, except changes of its settings. */
export const streamActions = new Hono<AppEnv>()
  .post("/:id/check", requireReader, requireOperatorRole, consoleForm, async (c) => {
    const { id } = c.req.param();
    return withPanelError(c, id, { panel: "check" }, async () => {
      const check = await checkStream(c.get("context"), c.get("reader"), id);
      return respondWithStream(c, id, { check });
    });
  })
  .post("/:id/:verb{(?:pause|resume)}", requireReader, requireOperatorRole, consoleForm, async (c) => {
    const { id, verb } = c.req.param();
    const { from } = await c.req.parseBody();
    return withPanelError(c, id, { panel: "switch" }, async () => {
      const steer = verb === "pause" ? pauseStream : resumeStream;
      await steer(c.get("context"), c.get("reader"), id);
      const page = from === "list" ? STREAMS_URL : streamUrl(id);
      return c.redirect(flashMessageUrl(page, verb === "pause" ? "paused" : "resumed"), 303);
    });
  })
  .post("/:id/rewind", requireReader, requireOperatorRole, consoleForm, async (c) => {
    const { id } = c.req.param();
    const form = await c.req.parseBody();
    const after = fieldText(form["after"]).trim();
    return withPanelError(c, id, { panel: "rewind", rewind: { after } }, async () => {
      await rewindStream(c.get("context"), c.get("reader"), id, parseRewind(after));
      return c.redirect(flashMessageUrl(streamUrl(id), "rewound"), 303);
    });
  })
  .post("/:id/skip", requireReader, requireOperatorRole, consoleForm, async (c) => {
    const { id } = c.req.param();
    const form = await c.req.parseBody();
    return withPanelError(c, id, { panel: "skip" }, async () => {
      await skipEvent(c.get("context"), c.get("reader"), id, fieldText(form["event"]));
      return c.redirect(flashMessageUrl(streamUrl(id), "skipped"), 303);
    });
  })
  .post("/:id/delete", requireReader, requireOperatorRole, consoleForm, async (c) => {
    const { id } = c.req.param();
    return withPanelError(c, id, { panel: "delete" }, async () => {
      await removeStream(c.get("context"), c.get("reader"), id);
      return c.redirect(flashMessageUrl(STREAMS_URL, "streamDeleted"), 303);
    });
  })
  // A browser sends this request if the page that responded to a POST is reloaded.
  .get("/:id/:verb{(?:check|pause|resume|rewind|skip|delete)}", requireReader, requireOperatorRole, (c) =>
    c.redirect(streamUrl(c.req.param("id")), 303),
  );

/** @throws AppError `invalid-request` */
export function parseRewind(after: string): string {
  const request = StreamRewind.safeParse({ after });
  if (!request.success) throw invalidRequest(toFaults(request.error.issues));
  return request.data.after;
}
