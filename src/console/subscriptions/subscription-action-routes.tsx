import { type Context as HonoContext, Hono } from "hono";
import { startRecovery } from "../../domain/deliveries/recoveries.ts";
import {
  enableSubscription,
  getSubscription,
  removeSubscription,
} from "../../domain/subscriptions/one-subscription.ts";
import { getSigningSecret, rotateSecret } from "../../domain/subscriptions/signing-secret.ts";
import type { SubscriptionPath } from "../../domain/subscriptions/subscription-view.ts";
import { testSubscription } from "../../domain/deliveries/test-subscription.ts";
import { AppError, invalidRequest } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { toFaults } from "../../schemas/faults.ts";
import { RecoveryRequest } from "../../schemas/recovery.ts";
import { consoleForm, fieldText } from "../shared/forms.ts";
import { flashMessageUrl } from "../shared/flash-message.tsx";
import { projectUrl, subscriptionUrl } from "../shared/page-urls.ts";
import { respondWithSubscription, withPanelError } from "./respond-with-subscription.tsx";

/**
 * Actions on one subscription, except changes of its settings. A result that is shown only once is the response to a
 * POST.
 */
export const subscriptionActions = new Hono<AppEnv>()
  .post("/:project/subscriptions/:id/test", requireReader, consoleForm, async (c) => {
    const path = c.req.param();
    return withPanelError(c, path, { panel: "test" }, async () => {
      const test = await testSubscription(c.get("context"), c.get("reader"), path);
      return respondWithSubscription(c, path, { test });
    });
  })
  .post("/:project/subscriptions/:id/secret", requireReader, consoleForm, async (c) => {
    const path = c.req.param();
    await requireWebhook(c, path);
    const value = await getSigningSecret(c.get("context"), c.get("reader"), path);
    return respondWithSubscription(c, path, { secret: { value, isNew: false } });
  })
  .post("/:project/subscriptions/:id/rotate", requireReader, consoleForm, async (c) => {
    const path = c.req.param();
    await requireWebhook(c, path);
    return withPanelError(c, path, { panel: "secret" }, async () => {
      const value = await rotateSecret(c.get("context"), c.get("reader"), path);
      return respondWithSubscription(c, path, { secret: { value, isNew: true } });
    });
  })
  .post("/:project/subscriptions/:id/recover", requireReader, consoleForm, async (c) => {
    const path = c.req.param();
    const form = await c.req.parseBody();
    const recoveryDraft = { which: fieldText(form["which"]), from: fieldText(form["from"]).trim() };
    return withPanelError(c, path, { panel: "recover", recoveryDraft }, async () => {
      const request = RecoveryRequest.safeParse(recoveryDraft);
      if (!request.success) throw invalidRequest(toFaults(request.error.issues));
      const { id } = await startRecovery(c.get("context"), c.get("reader"), path, request.data);
      return c.redirect(`${subscriptionUrl(path.project, path.id)}?recovery=${id}#recover`, 303);
    });
  })
  .post("/:project/subscriptions/:id/:verb{(?:enable|disable)}", requireReader, consoleForm, async (c) => {
    const { verb, ...path } = c.req.param();
    const { from } = await c.req.parseBody();
    return withPanelError(c, path, { panel: "switch" }, async () => {
      await enableSubscription(c.get("context"), c.get("reader"), path, verb === "enable");
      const page = from === "project" ? projectUrl(path.project) : subscriptionUrl(path.project, path.id);
      return c.redirect(flashMessageUrl(page, verb === "enable" ? "enabled" : "disabled"), 303);
    });
  })
  .post("/:project/subscriptions/:id/delete", requireReader, consoleForm, async (c) => {
    const path = c.req.param();
    return withPanelError(c, path, { panel: "delete" }, async () => {
      await removeSubscription(c.get("context"), c.get("reader"), path);
      return c.redirect(flashMessageUrl(projectUrl(path.project), "deleted"), 303);
    });
  })
  // A reload of the page that responded to a POST.
  .get(
    "/:project/subscriptions/:id/:verb{(?:test|secret|rotate|recover|enable|disable|delete)}",
    requireReader,
    (c) => {
      const { project, id } = c.req.param();
      return c.redirect(subscriptionUrl(project, id), 303);
    },
  );

/** @throws AppError `conflict` for a Slack subscription. */
async function requireWebhook(c: HonoContext<AppEnv>, path: SubscriptionPath): Promise<void> {
  const { subscription } = await getSubscription(c.get("context"), c.get("reader"), path);
  if (subscription.type !== "webhook") {
    throw new AppError("conflict", "Messages to Slack are not signed, so this subscription has no signing secret.");
  }
}
