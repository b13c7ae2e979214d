import { type Context as HonoContext, Hono } from "hono";
import { requireOwner } from "../../domain/access/roles.ts";
import { getRecovery } from "../../domain/deliveries/recoveries.ts";
import { addSubscription, changeSubscription, getSubscription } from "../../domain/subscriptions/one-subscription.ts";
import { groupChoice } from "../../domain/subscriptions/subscription-groups.ts";
import type { SubscriptionPath } from "../../domain/subscriptions/subscription-view.ts";
import { AppError } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { validate } from "../../http/middleware/validate.ts";
import { ProjectPath } from "../../schemas/subscription.ts";
import { differingLabels } from "../shared/field-labels.ts";
import { statusFor, toFormRefusal } from "../shared/form-refusal.ts";
import { largeConsoleForm, fieldText } from "../shared/forms.ts";
import { flashMessageUrl } from "../shared/flash-message.tsx";
import { projectUrl, subscriptionUrl } from "../shared/page-urls.ts";
import { respondWithSubscription } from "./respond-with-subscription.tsx";
import { newDraft, parseDraft, readDraft, restoreUneditedTexts, toDraft, type Draft } from "./subscription-draft.ts";
import { NewSubscriptionPage } from "./new-subscription-page.tsx";
import { renderPage } from "../shared/page-context.tsx";

/** The pages on which owners of a project add, view and change a subscription. */
export const subscriptionPages = new Hono<AppEnv>()
  .get("/:project/subscriptions/new", requireReader, validate("param", ProjectPath), (c) => {
    const { project } = c.req.valid("param");
    const reader = c.get("reader");
    requireOwner(reader, project);
    const page = (
      <NewSubscriptionPage project={project} {...groupChoice(reader)} draft={newDraft(reader)} faults={[]} />
    );
    return renderPage(c, page);
  })
  .post("/:project/subscriptions", requireReader, largeConsoleForm, validate("param", ProjectPath), async (c) => {
    const { project } = c.req.valid("param");
    const reader = c.get("reader");
    requireOwner(reader, project);
    const draft = readDraft(await c.req.parseBody({ all: true }));
    try {
      const id = await addSubscription(c.get("context"), reader, project, parseDraft(draft));
      return c.redirect(flashMessageUrl(subscriptionUrl(project, id), "added"), 303);
    } catch (error) {
      const { refusal, faults } = toFormRefusal(c, error);
      const page = <NewSubscriptionPage project={project} {...groupChoice(reader)} draft={draft} faults={faults} />;
      return renderPage(c, page, statusFor(refusal));
    }
  })
  // A browser sends this request if the page that responded to the form is reloaded.
  .get("/:project/subscriptions", requireReader, (c) => c.redirect(projectUrl(c.req.param("project")), 303))
  .get("/:project/subscriptions/:id", requireReader, async (c) => {
    const path = c.req.param();
    return respondWithSubscription(c, path, { recovery: await findShownRecovery(c, path) });
  })
  .post("/:project/subscriptions/:id", requireReader, largeConsoleForm, async (c) => {
    const path = c.req.param();
    const reader = c.get("reader");
    requireOwner(reader, path.project);
    const form = await c.req.parseBody({ all: true });
    const stored = await getSubscription(c.get("context"), reader, path);
    const draft = restoreUneditedTexts(readDraft(form), toDraft(stored.subscription));
    const tag = fieldText(form["tag"]);
    try {
      await changeSubscription(c.get("context"), reader, path, parseDraft(draft), tag);
      return c.redirect(flashMessageUrl(subscriptionUrl(path.project, path.id), "saved"), 303);
    } catch (error) {
      const { refusal, faults } = toFormRefusal(c, error);
      if (refusal.code === "precondition-failed") return respondChangedMeanwhile(c, path, draft);
      return respondWithSubscription(c, path, { draft, faults, tag }, statusFor(refusal));
    }
  });

/**
 * Responds with the form as it was sent, and with the tag of the settings that are stored now. So the owner can save
 * again, and sees before that which settings would be overwritten.
 */
async function respondChangedMeanwhile(c: HonoContext<AppEnv>, path: SubscriptionPath, draft: Draft) {
  const { subscription, tag } = await getSubscription(c.get("context"), c.get("reader"), path);
  const labels = differingLabels(draft, toDraft(subscription));
  const comparison =
    labels.length === 0
      ? "The stored settings are the same as in this form."
      : `The stored settings differ from this form in: ${labels.join(", ")}. To overwrite them, save again.`;
  const message = `Another owner has changed this subscription since you opened it. ${comparison}`;
  return respondWithSubscription(c, path, { draft, faults: [{ path: "", message }], tag }, 412);
}

/** The recovery that the page's URL names, or undefined if there is none with this ID. */
async function findShownRecovery(c: HonoContext<AppEnv>, path: SubscriptionPath) {
  const { recovery } = c.req.query();
  if (recovery === undefined) return undefined;
  try {
    return await getRecovery(c.get("context").db, c.get("reader"), { ...path, recovery });
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return undefined;
    throw error;
  }
}
