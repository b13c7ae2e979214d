import { Hono, type Context as HonoContext } from "hono";
import {
  listSubscriptions,
  replaceSubscriptions,
  type ListedSubscriptions,
} from "../domain/subscriptions/subscription-set.ts";
import { writeJson } from "../lib/json-writer.ts";
import { ProjectPath, SubscriptionSet } from "../schemas/subscription.ts";
import { etagHeader, expectedVersions, versionTag } from "../http/entity-tags.ts";
import type { AppEnv } from "../http/app-env.ts";
import { privateCacheHeaders } from "../http/caching-headers.ts";
import { jsonResponse } from "../http/json-response.ts";
import { requireJsonSet } from "../http/middleware/request-body.ts";
import { requireProjectOwner, requireReader } from "../http/middleware/require-access.ts";
import { jsonBody, validate } from "../http/middleware/validate.ts";
import { subscriptionActions } from "./subscription-actions.ts";

export const subscriptions = new Hono<AppEnv>()
  .get("/project/:project", requireReader, async (c) => {
    const project = c.req.param("project");
    return respondWithSet(c, await listSubscriptions(c.get("context"), c.get("reader"), project));
  })
  .put(
    "/project/:project",
    requireReader,
    requireProjectOwner,
    requireJsonSet,
    validate("param", ProjectPath),
    jsonBody(SubscriptionSet),
    async (c) => {
      const { project } = c.req.valid("param");
      const entries = c.req.valid("json");
      const expected = expectedVersions(c.req.header("If-Match"));
      const stored = await replaceSubscriptions(c.get("context"), c.get("reader"), project, entries, expected);
      return respondWithSet(c, stored);
    },
  )
  .route("/", subscriptionActions);

async function respondWithSet(c: HonoContext<AppEnv>, { version, subscriptions: listed }: ListedSubscriptions) {
  const set = listed.map(({ subscription }) => subscription);
  const tag = versionTag(version, writeJson(set)); // `status` changes without a new version
  return jsonResponse(c, set, 200, { ...etagHeader(tag), ...privateCacheHeaders(null) });
}
