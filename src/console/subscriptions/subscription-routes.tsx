import { requireOwner } from "../../domain/access/roles.ts";
import { type Context as HonoContext, Hono } from "hono";
import { getRecovery } from "../../domain/deliveries/recoveries.ts";
import { toRecovery } from "../../domain/deliveries/recovery-view.ts";
import {
  addSubscription,
  changeSubscription,
  tagOf,
  type SubscriptionPath,
} from "../../domain/subscriptions/one-subscription.ts";
import { choosableGroups, storableGroups } from "../../domain/subscriptions/subscription-groups.ts";
import { getSubscription } from "../../domain/subscriptions/subscription-set.ts";
import { AppError, type Fault } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireReader } from "../../http/middleware/require-reader.ts";
import { validate } from "../../http/middleware/validate.ts";
import { ProjectPath } from "../../schemas/subscription.ts";
import { formFaults } from "./form-faults.ts";
import { ourLargeForm, textOf } from "../shared/forms.ts";
import { flashMessageUrl } from "../shared/flash-messages.ts";
import { projectUrl, subscriptionUrl } from "../shared/project-url.ts";
import { respondWithSubscription, statusOf } from "./subscription-answer.tsx";
import {
  differences,
  draftOfForm,
  draftOfRow,
  entryOfDraft,
  newDraft,
  withoutFieldsChanges,
  type Draft,
} from "./subscription-draft.ts";
import { NewSubscriptionPage } from "./new-subscription-page.tsx";
import { renderPage } from "../shared/page-context.tsx";

/** Adding a subscription, and looking at one and changing it. For a project's owners. */
export const subscription = new Hono<AppEnv>()
  .get("/:project/subscriptions/new", requireReader, validate("param", ProjectPath), (c) => {
    const { project } = c.req.valid("param");
    const reader = c.get("reader");
    requireOwner(reader, project);
    return renderPage(c, <NewSubscriptionPage {...newPage(c, project)} draft={newDraft(reader)} faults={[]} />);
  })
  .post("/:project/subscriptions", requireReader, ourLargeForm, validate("param", ProjectPath), async (c) => {
    const { project } = c.req.valid("param");
    const reader = c.get("reader");
    requireOwner(reader, project);
    const draft = draftOfForm(await c.req.parseBody({ all: true }));
    try {
      const id = await addSubscription(c.get("context"), reader, project, entryOfDraft(draft));
      return c.redirect(flashMessageUrl(subscriptionUrl(project, id), "added"), 303);
    } catch (error) {
      const { refusal, faults } = refusedForm(c, error);
      return renderPage(
        c,
        <NewSubscriptionPage {...newPage(c, project)} draft={draft} faults={faults} />,
        statusOf(refusal),
      );
    }
  })
  // Who reloads the address that the form was sent to comes back to the list.
  .get("/:project/subscriptions", requireReader, (c) => c.redirect(projectUrl(c.req.param("project")), 303))
  .get("/:project/subscriptions/:id", requireReader, async (c) => {
    const path = c.req.param();
    const { notice, recovery } = c.req.query();
    return respondWithSubscription(c, path, { notice, recovery: await recoveryOf(c, path, recovery) });
  })
  .post("/:project/subscriptions/:id", requireReader, ourLargeForm, async (c) => {
    const path = c.req.param();
    const reader = c.get("reader");
    requireOwner(reader, path.project);
    const form = await c.req.parseBody({ all: true });
    const stored = draftOfRow(await getSubscription(c.get("context").db, reader, path));
    const draft = withoutFieldsChanges(draftOfForm(form), stored);
    const tag = textOf(form["tag"]);
    try {
      await changeSubscription(c.get("context"), reader, path, entryOfDraft(draft), tag);
      return c.redirect(flashMessageUrl(subscriptionUrl(path.project, path.id), "saved"), 303);
    } catch (error) {
      const { refusal, faults } = refusedForm(c, error);
      if (refusal.code === "precondition-failed") return answerChanged(c, path, draft);
      return respondWithSubscription(c, path, { draft, faults, tag }, statusOf(refusal));
    }
  });

function newPage(c: HonoContext<AppEnv>, project: string) {
  const reader = c.get("reader");
  return {
    project,
    groups: choosableGroups(reader),
    leftOut: reader.groups.length - storableGroups(reader).length,
  };
}

/** The form as it was typed, with the tag of what is stored now: who saves it once more has seen what they replace. */
async function answerChanged(c: HonoContext<AppEnv>, path: SubscriptionPath, draft: Draft) {
  const row = await getSubscription(c.get("context").db, c.get("reader"), path);
  const differing = differences(draft, draftOfRow(row));
  const fault: Fault = {
    path: "",
    message: `Somebody else changed this subscription meanwhile. ${
      differing.length === 0
        ? "What is stored now is what stands here."
        : `What is stored now differs from what stands here in: ${differing.join(", ")}. To put yours in its place, save once more.`
    }`,
  };
  return respondWithSubscription(c, path, { draft, faults: [fault], tag: await tagOf(row) }, 412);
}

/** What the form says of a refusal, whose headers the answer keeps. Throws what is not about the form. */
function refusedForm(c: HonoContext<AppEnv>, error: unknown): { refusal: AppError; faults: Fault[] } {
  if (!(error instanceof AppError)) throw error;
  const faults = formFaults(error);
  if (faults === undefined) throw error;
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  return { refusal: error, faults };
}

/** One that is gone, or never was, is not shown. */
async function recoveryOf(c: HonoContext<AppEnv>, path: SubscriptionPath, recovery: string | undefined) {
  if (recovery === undefined) return undefined;
  try {
    return toRecovery(await getRecovery(c.get("context").db, c.get("reader"), { ...path, recovery }));
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return undefined;
    throw error;
  }
}
