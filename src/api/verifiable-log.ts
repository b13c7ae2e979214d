import { Hono } from "hono";
import { getCheckpoint } from "../domain/log/choose-checkpoint.ts";
import { getTile } from "../domain/log/get-tile.ts";
import { logPublicKey } from "../domain/log/require-log.ts";
import type { AppEnv } from "../http/app-env.ts";
import { requireLogAccess } from "../http/middleware/require-log-access.ts";
import { validate } from "../http/middleware/validate.ts";
import { LogQuery } from "../schemas/log-query.ts";
import { respondWithLogText, respondWithTile } from "./log-responses.ts";

/** The log for verifiers, by C2SP tlog-tiles, and its public key. */
export const verifiableLog = new Hono<AppEnv>()
  .get("/checkpoint", requireLogAccess, validate("query", LogQuery), async (c) => {
    const { cosigned = false } = c.req.valid("query");
    return respondWithLogText(c, await getCheckpoint(c.get("context"), { cosigned }));
  })
  .get("/key", requireLogAccess, (c) => respondWithLogText(c, `${logPublicKey(c.get("context").config)}\n`))
  .get("/tile/:level/:tile{.+}", requireLogAccess, async (c) => {
    const { level, tile } = c.req.param();
    const path = `tile/${level}/${tile.replace(/\/$/, "")}`; // each path works with a trailing slash
    const fromEdge = !/\bno-(?:cache|store)\b/i.test(c.req.header("Cache-Control") ?? "");
    return respondWithTile(c, await getTile(c.get("context"), path, { fromEdge }));
  });
