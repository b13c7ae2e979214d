import type { Context as HonoContext } from "hono";
import { getSubscription } from "../../domain/subscriptions/subscription-set.ts";
import { tagOf, type SubscriptionPath } from "../../domain/subscriptions/one-subscription.ts";
import { choosableGroups, storableGroups } from "../../domain/subscriptions/subscription-groups.ts";
import { readHealth } from "../../domain/subscriptions/attempt-statistics.ts";
import { AppError, PROBLEMS } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { formFaults, labelOf } from "./form-faults.ts";
import { draftOfRow } from "./subscription-draft.ts";
import type { Panel } from "./panel-error.tsx";
import { SubscriptionPage, type Shown } from "./subscription-page.tsx";
import { renderPage } from "../shared/page-context.tsx";

type Status = 200 | (typeof PROBLEMS)[keyof typeof PROBLEMS]["status"];

/** A subscription's page, with what has just been done there. `tag` is the one that came with a form; else a new one is made. */
export async function respondWithSubscription(
  c: HonoContext<AppEnv>,
  path: SubscriptionPath,
  { tag, ...shown }: Shown & { tag?: string } = {},
  status: Status = 200,
) {
  const { db, now } = c.get("context");
  const reader = c.get("reader");
  const row = await getSubscription(db, reader, path);
  const health = await readHealth(db, [row.id], now());
  const draft = shown.draft ?? draftOfRow(row);
  const groups = choosableGroups(reader, row);
  const leftOut = reader.groups.length - storableGroups(reader).length;
  return renderPage(
    c,
    <SubscriptionPage
      row={row}
      health={health.get(row.id)}
      form={{ draft, groups, leftOut, tag: tag ?? (await tagOf(row)) }}
      shown={shown}
      now={now()}
    />,
    status,
  );
}

const SAID_ON_THE_PAGE: ReadonlySet<AppError["code"]> = new Set(["invalid-request", "conflict", "unavailable"]);

/** Does what a panel of the page asks for; where its state does not allow it, the page says so there. */
export async function withPanelError(
  c: HonoContext<AppEnv>,
  path: SubscriptionPath,
  { panel, ...shown }: { panel: Panel } & Pick<Shown, "recoveryDraft">,
  act: () => Promise<Response>,
): Promise<Response> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AppError) || !SAID_ON_THE_PAGE.has(error.code)) throw error;
    for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
    return respondWithSubscription(c, path, { ...shown, trouble: { panel, ...saidOf(error) } }, statusOf(error));
  }
}

/** What was typed into a form and is wrong is 422: nothing is wrong with how it was sent. */
export function statusOf({ code }: AppError) {
  return code === "invalid-request" ? 422 : PROBLEMS[code].status;
}

/** Fields by their labels, as people see them. */
function saidOf(error: AppError) {
  const faults = formFaults(error) ?? [];
  return {
    message: faults.map(({ path, message }) => `${labelOf(path) ?? path} ${message}`.trim()).join("; "),
    fields: faults.map(({ path }) => path),
  };
}
