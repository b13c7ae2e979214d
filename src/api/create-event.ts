import { Hono } from "hono";
import { recordEvents } from "../domain/events/record-events.ts";
import type { AppEnv } from "../http/app-env.ts";
import { requireJson } from "../http/middleware/request-body.ts";
import { requireProducer } from "../http/middleware/require-access.ts";
import { jsonBody } from "../http/middleware/validate.ts";
import { sha256 } from "../lib/crypto.ts";
import { RecordRequest } from "../schemas/event.ts";
import { readIdempotencyKey } from "./idempotency-key.ts";

export const createEvent = new Hono<AppEnv>().post(
  "/create-event",
  requireProducer,
  requireJson,
  jsonBody(RecordRequest),
  async (c) => {
    const context = c.get("context");
    const key = readIdempotencyKey(c.req.header("Idempotency-Key"));
    const events = c.req.valid("json");
    const firstId = await recordEvents(
      context,
      events,
      key === undefined ? undefined : { key, bodyHash: sha256(new Uint8Array(await c.req.arrayBuffer()), "base64url") },
    );
    if (events.length === 1) c.header("Location", `/api/v1/events/${firstId}`);
    const bookmark = context.db.bookmark();
    if (bookmark !== null) c.header("x-d1-bookmark", bookmark);
    return c.body(null, 200);
  },
);
