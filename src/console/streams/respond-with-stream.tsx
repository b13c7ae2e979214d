import type { Context as HonoContext } from "hono";
import { getStream } from "../../domain/streams/list-streams.ts";
import { groupChoice } from "../../domain/subscriptions/subscription-groups.ts";
import type { AppEnv } from "../../http/app-env.ts";
import type { PageStatus } from "../shared/form-refusal.ts";
import { renderPage } from "../shared/page-context.tsx";
import { showRefusal, type Panel } from "../shared/panel-error.tsx";
import { mayCarryEverything, toDraft } from "./stream-draft.ts";
import { StreamPage, type StreamActionResult } from "./stream-page.tsx";

/**
 * Responds with a stream's page, which shows the result of an action. `version` is the one that was sent with the
 * settings form. By default, the form gets the current version.
 */
export async function respondWithStream(
  c: HonoContext<AppEnv>,
  id: string,
  { version, ...result }: StreamActionResult & { version?: string } = {},
  status: PageStatus = 200,
) {
  const reader = c.get("reader");
  const view = await getStream(c.get("context"), reader, id);
  const draft = result.draft ?? toDraft(view.stream);
  const form = {
    draft,
    ...groupChoice(reader, view.stream.allowed_groups),
    mayCarryEverything: mayCarryEverything(reader, toDraft(view.stream)),
    version: version ?? `${view.version}`,
  };
  return renderPage(c, <StreamPage view={view} form={form} result={result} />, status);
}

/** Runs the action of a panel. If the action is refused, the response is the stream's page with the reason. */
export async function withPanelError(
  c: HonoContext<AppEnv>,
  id: string,
  { panel, ...result }: { panel: Panel } & Pick<StreamActionResult, "rewind">,
  act: () => Promise<Response>,
): Promise<Response> {
  return showRefusal(c, panel, act, (refusal, status) => respondWithStream(c, id, { ...result, refusal }, status));
}
