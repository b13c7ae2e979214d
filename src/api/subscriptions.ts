import { Hono, type Context as HonoContext } from "hono";
import { sha256 } from "../lib/crypto.ts";
import { ownsProject } from "../domain/access/roles.ts";
import { toSubscription } from "../domain/subscriptions/subscription-view.ts";
import { listSubscriptions, replaceSubscriptions } from "../domain/subscriptions/subscription-set.ts";
import { writeJson } from "../lib/json-writer.ts";
import { ProjectPath, SubscriptionSet } from "../schemas/subscription.ts";
import type { SubscriptionSet as StoredSet } from "../store/subscriptions/subscription-rows.ts";
import { formatTag, knownTags, matchesAny } from "../http/entity-tags.ts";
import type { AppEnv } from "../http/app-env.ts";
import { jsonResponse } from "../http/json-response.ts";
import { requireReader } from "../http/middleware/require-reader.ts";
import { requireProjectOwner } from "../http/middleware/require-role.ts";
import { jsonBody, setJson, validate } from "../http/middleware/validate.ts";
import { subscriptionActions } from "./subscription-actions.ts";

export const subscriptions = new Hono<AppEnv>()
  .get("/project/:project", requireReader, async (c) => {
    const project = c.req.param("project");
    return answerSet(c, project, await listSubscriptions(c.get("context").db, c.get("reader"), project));
  })
  .put(
    "/project/:project",
    requireReader,
    requireProjectOwner,
    setJson,
    validate("param", ProjectPath),
    jsonBody(SubscriptionSet),
    async (c) => {
      const { project } = c.req.valid("param");
      const entries = c.req.valid("json");
      const expected = expectedVersions(c.req.header("If-Match"));
      const stored = await replaceSubscriptions(c.get("context"), c.get("reader"), project, entries, expected);
      return answerSet(c, project, stored);
    },
  )
  .route("/", subscriptionActions);

/** The tag holds the set's version, for `If-Match`, and a digest, for it names these bytes: `status` moves by itself. */
async function answerSet(c: HonoContext<AppEnv>, project: string, { version, rows }: StoredSet) {
  const toOwner = ownsProject(c.get("reader"), project);
  const set = rows.map((row) => toSubscription(row, toOwner));
  const digest = (await sha256(writeJson(set))).slice(0, 16);
  return jsonResponse(c, set, 200, {
    ETag: formatTag(`${version}-${digest}`),
    "Cache-Control": "private, no-cache",
    Vary: "Accept, Authorization, X-Escape-Token, Cookie",
  });
}

/**
 * RFC 9110 §13.1.1. Weak tags count too: the version in them is exact, and a proxy that compresses weakens ours.
 */
function expectedVersions(ifMatch: string | undefined): ((version: number) => boolean) | undefined {
  if (ifMatch === undefined || matchesAny(ifMatch)) return undefined;
  const versions = new Set(knownTags(ifMatch).map((tag) => tag.split("-")[0]));
  return (version) => versions.has(`${version}`);
}
