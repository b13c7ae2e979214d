import { Hono, type Context as HonoContext } from "hono";
import { checkStream } from "../domain/streams/check-stream.ts";
import { getStream, listAllStreams, listChanges } from "../domain/streams/list-streams.ts";
import { createStream, removeStream, replaceStream } from "../domain/streams/set-streams.ts";
import { pauseStream, resumeStream, rewindStream, skipEvent } from "../domain/streams/steer-stream.ts";
import type { StreamView } from "../domain/streams/stream-view.ts";
import type { AppEnv } from "../http/app-env.ts";
import { NO_STORE, privateCacheHeaders } from "../http/caching-headers.ts";
import { etagHeader, expectedVersions, versionTag } from "../http/entity-tags.ts";
import { jsonResponse } from "../http/json-response.ts";
import { requireJson } from "../http/middleware/request-body.ts";
import { requireOperatorRole, requireReader } from "../http/middleware/require-access.ts";
import { jsonBody, validate } from "../http/middleware/validate.ts";
import { writeJson } from "../lib/json-writer.ts";
import { StreamChangesQuery } from "../schemas/stream-change.ts";
import { ChangedStream, NewStream, StreamRewind, StreamSkip } from "../schemas/stream.ts";
import { nextLink } from "./listings/page-headers.ts";

export const streams = new Hono<AppEnv>()
  .use(requireReader, requireOperatorRole)
  .get("/", async (c) => {
    const views = await listAllStreams(c.get("context"), c.get("reader"));
    return jsonResponse(
      c,
      views.map(({ stream }) => stream),
      200,
      NO_STORE,
    );
  })
  .post("/", requireJson, jsonBody(NewStream), async (c) => {
    const view = await createStream(c.get("context"), c.get("reader"), c.req.valid("json"));
    return jsonResponse(c, view.stream, 201, { ...streamHeaders(view), Location: `${PATH}/${view.stream.id}` });
  })
  .get("/changes", validate("query", StreamChangesQuery), async (c) => {
    const page = await listChanges(c.get("context"), c.get("reader"), c.req.valid("query"));
    if (page.next !== undefined) c.header("Link", nextLink(c.req.url, page.next));
    return jsonResponse(c, page.changes, 200, NO_STORE);
  })
  .get("/:id{[0-9]+}", async (c) => {
    return respondWithStream(c, await getStream(c.get("context"), c.get("reader"), c.req.param("id")));
  })
  .put("/:id{[0-9]+}", requireJson, jsonBody(ChangedStream), async (c) => {
    const { context, reader, id, expected } = change(c, c.req.param("id"));
    return respondWithStream(c, await replaceStream(context, reader, id, c.req.valid("json"), expected));
  })
  .delete("/:id{[0-9]+}", async (c) => {
    const { context, reader, id, expected } = change(c, c.req.param("id"));
    await removeStream(context, reader, id, expected);
    return c.body(null, 204);
  })
  .post("/:id{[0-9]+}/check", async (c) => {
    const { context, reader, id, expected } = change(c, c.req.param("id"));
    return jsonResponse(c, await checkStream(context, reader, id, expected), 200, NO_STORE);
  })
  .post("/:id{[0-9]+}/pause", async (c) => {
    const { context, reader, id, expected } = change(c, c.req.param("id"));
    return respondWithStream(c, await pauseStream(context, reader, id, expected));
  })
  .post("/:id{[0-9]+}/resume", async (c) => {
    const { context, reader, id, expected } = change(c, c.req.param("id"));
    return respondWithStream(c, await resumeStream(context, reader, id, expected));
  })
  .post("/:id{[0-9]+}/rewind", requireJson, jsonBody(StreamRewind), async (c) => {
    const { context, reader, id, expected } = change(c, c.req.param("id"));
    return respondWithStream(c, await rewindStream(context, reader, id, c.req.valid("json").after, expected));
  })
  .post("/:id{[0-9]+}/skip", requireJson, jsonBody(StreamSkip), async (c) => {
    const { context, reader, id, expected } = change(c, c.req.param("id"));
    return respondWithStream(c, await skipEvent(context, reader, id, c.req.valid("json").event, expected));
  });

const PATH = "/api/v1/events/streams";

/** The arguments that a change and a check of a stream have in common. */
function change(c: HonoContext<AppEnv>, id: string) {
  const expected = expectedVersions(c.req.header("If-Match"));
  return { context: c.get("context"), reader: c.get("reader"), id, expected };
}

function respondWithStream(c: HonoContext<AppEnv>, view: StreamView) {
  return jsonResponse(c, view.stream, 200, streamHeaders(view));
}

/** The `ETag` also depends on the body, because the status and the position change without a new version. */
function streamHeaders({ version, stream }: StreamView): Record<string, string> {
  return { ...etagHeader(versionTag(version, writeJson(stream))), ...privateCacheHeaders(null) };
}
