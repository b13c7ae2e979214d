import { Hono, type Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import { sha256 } from "../digest.ts";
import { viewOfTest } from "../domain/delivery-view.ts";
import { getRecovery, startRecovery } from "../domain/recover.ts";
import { viewOfRecovery } from "../domain/recovery-view.ts";
import { ownsProject } from "../domain/roles.ts";
import { rotateSecret } from "../domain/rotate-secret.ts";
import { viewOfSubscription } from "../domain/subscription-view.ts";
import { getSubscription, listSubscriptions, replaceSubscriptions, requireOwner } from "../domain/subscriptions.ts";
import { testSubscription } from "../domain/test-subscription.ts";
import { RecoveryRequest } from "../schemas/recovery.ts";
import { ProjectPath, SubscriptionSet } from "../schemas/subscription.ts";
import type { SubscriptionSet as StoredSet } from "../store/subscriptions.ts";
import { ANY, formatTag, knownTags } from "./entity-tags.ts";
import type { AppEnv } from "./env.ts";
import { asReader } from "./middleware/readers.ts";
import { jsonBody, smallJson, valid } from "./middleware/validate.ts";

const NO_STORE = { "Cache-Control": "no-store" };

/** Who may not change the set learns nothing of what is wrong with his request. */
const ownersOnly = createMiddleware<AppEnv, "/project/:project/*">(async (c, next) => {
  requireOwner(c.get("reader"), c.req.param("project"));
  await next();
});

export const subscriptions = new Hono<AppEnv>()
  .get("/project/:project", asReader, async (c) => {
    const project = c.req.param("project");
    return answerSet(c, project, await listSubscriptions(c.get("context").db, c.get("reader"), project));
  })
  .put(
    "/project/:project",
    asReader,
    ownersOnly,
    smallJson,
    valid("param", ProjectPath),
    jsonBody(SubscriptionSet),
    async (c) => {
      const { project } = c.req.valid("param");
      const entries = c.req.valid("json");
      const expected = expectedVersions(c.req.header("If-Match"));
      const stored = await replaceSubscriptions(c.get("context"), c.get("reader"), project, entries, expected);
      return answerSet(c, project, stored);
    },
  )
  .get("/project/:project/:id/secret", asReader, async (c) => {
    const { project, id } = c.req.param();
    const { signing_secret } = await getSubscription(c.get("context").db, c.get("reader"), project, id);
    return c.json({ signing_secret }, 200, NO_STORE);
  })
  .post("/project/:project/:id/secret/rotate", asReader, async (c) => {
    const signing_secret = await rotateSecret(c.get("context"), c.get("reader"), c.req.param());
    return c.json({ signing_secret }, 200, NO_STORE);
  })
  .post("/project/:project/:id/test", asReader, async (c) => {
    const attempt = await testSubscription(c.get("context"), c.get("reader"), c.req.param());
    return c.json(viewOfTest(attempt), 200, NO_STORE);
  })
  .post("/project/:project/:id/recover", asReader, ownersOnly, smallJson, jsonBody(RecoveryRequest), async (c) => {
    const { project, id } = c.req.param();
    const row = await startRecovery(c.get("context"), c.get("reader"), { project, id }, c.req.valid("json"));
    const path = `/api/v1/events/subscriptions/project/${encodeURIComponent(project)}/${id}/recoveries/${row.id}`;
    return c.json(viewOfRecovery(row), 202, { ...NO_STORE, Location: path });
  })
  .get("/project/:project/:id/recoveries/:recovery", asReader, async (c) => {
    const row = await getRecovery(c.get("context").db, c.get("reader"), c.req.param());
    return c.json(viewOfRecovery(row), 200, NO_STORE);
  });

/** The tag holds the set's version, for `If-Match`, and a digest, for it names these bytes: `status` moves by itself. */
async function answerSet(c: HonoContext<AppEnv>, project: string, { version, rows }: StoredSet) {
  const toOwner = ownsProject(c.get("reader"), project);
  const set = rows.map((row) => viewOfSubscription(row, toOwner));
  const digest = (await sha256(JSON.stringify(set))).slice(0, 16);
  return c.json(set, 200, {
    ETag: formatTag(`${version}-${digest}`),
    "Cache-Control": "private, no-cache",
    Vary: "Accept, Authorization, X-Escape-Token, Cookie",
  });
}

/**
 * RFC 9110 §13.1.1. Weak tags count too: the version in them is exact, and a proxy that compresses weakens ours.
 */
function expectedVersions(ifMatch: string | undefined): ((version: number) => boolean) | undefined {
  const tags = knownTags(ifMatch);
  if (ifMatch === undefined || tags.includes(ANY)) return undefined;
  const versions = new Set(tags.map((tag) => tag.split("-")[0]));
  return (version) => versions.has(`${version}`);
}
