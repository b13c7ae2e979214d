import { Hono, type Context as HonoContext } from "hono";
import { sha256 } from "../lib/crypto.ts";
import {
  listSubscriptions,
  replaceSubscriptions,
  type ListedSubscriptions,
} from "../domain/subscriptions/subscription-set.ts";
import { writeJson } from "../lib/json-writer.ts";
import { ProjectPath, SubscriptionSet } from "../schemas/subscription.ts";
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
    return answerSet(c, await listSubscriptions(c.get("context"), c.get("reader"), project));
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
      return answerSet(c, stored);
    },
  )
  .route("/", subscriptionActions);

/** The tag holds the set's version, for `If-Match`, and a digest, for it names these bytes: `status` moves by itself. */
async function answerSet(c: HonoContext<AppEnv>, listed: ListedSubscriptions) {
  const set = listed.subscriptions.map(({ subscription }) => subscription);
  const digest = (await sha256(writeJson(set))).slice(0, 16);
  return jsonResponse(c, set, 200, {
    ETag: formatTag(`${listed.version}-${digest}`),
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
