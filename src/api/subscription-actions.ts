import { Hono } from "hono";
import { getRecovery, startRecovery } from "../domain/deliveries/recoveries.ts";
import { getSigningSecret, rotateSecret } from "../domain/subscriptions/signing-secret.ts";
import { testSubscription } from "../domain/deliveries/test-subscription.ts";
import { RecoveryRequest } from "../schemas/recovery.ts";
import type { AppEnv } from "../http/app-env.ts";
import { NO_STORE } from "../http/caching-headers.ts";
import { jsonResponse, secretResponse } from "../http/json-response.ts";
import { requireJson } from "../http/middleware/request-body.ts";
import { requireProjectOwner, requireReader } from "../http/middleware/require-access.ts";
import { jsonBody } from "../http/middleware/validate.ts";

/** Actions on one subscription. Replacing the whole set is in subscriptions.ts. */
export const subscriptionActions = new Hono<AppEnv>()
  .get("/project/:project/:id/secret", requireReader, async (c) => {
    const signingSecret = await getSigningSecret(c.get("context"), c.get("reader"), c.req.param());
    return secretResponse(c, signingSecret);
  })
  .post("/project/:project/:id/secret/rotate", requireReader, async (c) => {
    const signingSecret = await rotateSecret(c.get("context"), c.get("reader"), c.req.param());
    return secretResponse(c, signingSecret);
  })
  .post("/project/:project/:id/test", requireReader, async (c) => {
    const attempt = await testSubscription(c.get("context"), c.get("reader"), c.req.param());
    return jsonResponse(c, attempt, 200, NO_STORE);
  })
  .post(
    "/project/:project/:id/recover",
    requireReader,
    requireProjectOwner,
    requireJson,
    jsonBody(RecoveryRequest),
    async (c) => {
      const { project, id } = c.req.param();
      const recovery = await startRecovery(c.get("context"), c.get("reader"), { project, id }, c.req.valid("json"));
      const path = `/api/v1/events/subscriptions/project/${encodeURIComponent(project)}/${id}/recoveries/${recovery.id}`;
      return jsonResponse(c, recovery, 202, { ...NO_STORE, Location: path });
    },
  )
  .get("/project/:project/:id/recoveries/:recovery", requireReader, async (c) => {
    const recovery = await getRecovery(c.get("context").db, c.get("reader"), c.req.param());
    return jsonResponse(c, recovery, 200, NO_STORE);
  });
