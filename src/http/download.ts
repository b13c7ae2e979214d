import type { Context as HonoContext } from "hono";
import { exportEvents } from "../domain/events/export-events.ts";
import type { ExportForm } from "./formats/download-formats.ts";
import type { Sought } from "../domain/events/fetch-page.ts";
import type { EventRow } from "../store/events/event-rows.ts";
import type { AppEnv } from "./app-env.ts";
import { attachment } from "./attachment.ts";
import { onlyForNow } from "./caching-headers.ts";
import { onReplica } from "./read-replica.ts";
import { limitOf } from "../api/listings/stream-parameters.ts";
import { begun, bodyOf } from "./streaming-body.ts";

/** A whole listing, in pieces. For HEAD D1 is not asked: a stream has no validators. */
export async function answerDownload(c: HonoContext<AppEnv>, sought: Sought, form: ExportForm): Promise<Response> {
  const limit = limitOf(sought.query);
  const headers = {
    "Content-Type": form.contentType,
    "Content-Disposition": attachment(sought.scope, form.extension),
  };
  if (c.req.method === "HEAD") return c.body(null, 200, { ...onlyForNow(null), ...headers });
  const { result: texts, bookmark } = await onReplica(c, (db) =>
    begun(written(exportEvents({ db }, sought, limit), form)),
  );
  return c.body(bodyOf(c, texts, new AbortController()), 200, { ...onlyForNow(bookmark), ...headers });
}

async function* written(pages: AsyncGenerator<EventRow[]>, form: ExportForm): AsyncGenerator<string> {
  let head = form.head;
  for await (const rows of pages) {
    yield head + form.write(rows);
    head = "";
  }
}
