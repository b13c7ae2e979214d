import type { Context as HonoContext } from "hono";
import { getSubscription } from "../../domain/subscriptions/one-subscription.ts";
import { groupChoice } from "../../domain/subscriptions/subscription-groups.ts";
import { readSubscriptionHealth } from "../../domain/subscriptions/subscription-health.ts";
import type { SubscriptionPath } from "../../domain/subscriptions/subscription-view.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { renderPage } from "../shared/page-context.tsx";
import { showRefusal, type Panel, type Refusal } from "../shared/panel-error.tsx";
import type { PageStatus } from "../shared/form-refusal.ts";
import { toDraft } from "./subscription-draft.ts";
import { SubscriptionPage, type ActionResult } from "./subscription-page.tsx";

/**
 * Responds with a subscription's page, which shows the result of an action. `tag` is the tag that was sent with the
 * settings form. By default, the form gets the current tag.
 */
export async function respondWithSubscription(
  c: HonoContext<AppEnv>,
  path: SubscriptionPath,
  { tag, ...result }: ActionResult & { tag?: string } = {},
  status: PageStatus = 200,
) {
  const context = c.get("context");
  const reader = c.get("reader");
  const view = await getSubscription(context, reader, path);
  const { id, allowed_groups } = view.subscription;
  const health = await readSubscriptionHealth(context, [id]);
  const form = {
    draft: result.draft ?? toDraft(view.subscription),
    ...groupChoice(reader, allowed_groups),
    tag: tag ?? view.tag,
  };
  return renderPage(c, <SubscriptionPage view={view} health={health.get(id)} form={form} result={result} />, status);
}

/** Runs the action of a panel. If the action is refused, the response is the subscription's page with the reason. */
export async function withPanelError(
  c: HonoContext<AppEnv>,
  path: SubscriptionPath,
  { panel, ...result }: { panel: Panel } & Pick<ActionResult, "recoveryDraft">,
  act: () => Promise<Response>,
): Promise<Response> {
  const respond = (refusal: Refusal, status: PageStatus) =>
    respondWithSubscription(c, path, { ...result, refusal }, status);
  return showRefusal(c, panel, act, respond);
}
