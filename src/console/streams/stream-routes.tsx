import { type Context as HonoContext, Hono } from "hono";
import { getStream, listAllStreams, listChanges } from "../../domain/streams/list-streams.ts";
import { previewRewind } from "../../domain/streams/preview-rewind.ts";
import { createStream, replaceStream } from "../../domain/streams/set-streams.ts";
import { groupChoice } from "../../domain/subscriptions/subscription-groups.ts";
import { AppError } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { requireOperatorRole, requireReader } from "../../http/middleware/require-access.ts";
import { validate } from "../../http/middleware/validate.ts";
import { StreamChangesQuery } from "../../schemas/stream-change.ts";
import { StreamKind } from "../../schemas/stream-destinations.ts";
import { differingLabels } from "../shared/field-labels.ts";
import { flashMessageUrl } from "../shared/flash-message.tsx";
import { statusFor, toFormRefusal } from "../shared/form-refusal.ts";
import { fieldText, largeConsoleForm } from "../shared/forms.ts";
import { renderPage } from "../shared/page-context.tsx";
import { streamUrl } from "../shared/page-urls.ts";
import { parseRewind } from "./stream-action-routes.tsx";
import { NewStreamPage } from "./new-stream-page.tsx";
import { respondWithStream, withPanelError } from "./respond-with-stream.tsx";
import {
  mayCarryEverything,
  newDraft,
  parseChanged,
  parseNew,
  readDraft,
  sentFields,
  toDraft,
  type StreamDraft,
} from "./stream-draft.ts";
import { StreamListPage } from "./stream-list-page.tsx";

/** The pages on which operators see, add and change streams. */
export const streamPages = new Hono<AppEnv>()
  .get("/", requireReader, requireOperatorRole, validate("query", StreamChangesQuery), async (c) => {
    const context = c.get("context");
    const reader = c.get("reader");
    const views = await listAllStreams(context, reader);
    const { page_from } = c.req.valid("query");
    const changes = await listChanges(context, reader, { page_from, page_size: CHANGES });
    return renderPage(c, <StreamListPage views={views} changes={changes} />);
  })
  .get("/new/:kind", requireReader, requireOperatorRole, (c) =>
    renderPage(c, <NewStreamPage {...newForm(c, newDraft(kindOf(c.req.param("kind"))))} faults={[]} />),
  )
  .post("/", requireReader, requireOperatorRole, largeConsoleForm, async (c) => {
    const form = await c.req.parseBody({ all: true });
    const draft = readDraft(kindOf(fieldText(form["kind"])), form);
    try {
      const { stream } = await createStream(c.get("context"), c.get("reader"), parseNew(draft));
      return c.redirect(flashMessageUrl(streamUrl(stream.id), "added"), 303);
    } catch (error) {
      const { refusal, faults } = toFormRefusal(c, error);
      return renderPage(c, <NewStreamPage {...newForm(c, draft)} faults={faults} />, statusFor(refusal));
    }
  })
  .get("/:id", requireReader, requireOperatorRole, async (c) => {
    const { id } = c.req.param();
    const after = c.req.query("rewind")?.trim();
    if (after === undefined) return respondWithStream(c, id);
    return withPanelError(c, id, { panel: "rewind", rewind: { after } }, async () => {
      const preview = await previewRewind(c.get("context"), c.get("reader"), id, parseRewind(after));
      return respondWithStream(c, id, { rewind: { after, preview } });
    });
  })
  .post("/:id", requireReader, requireOperatorRole, largeConsoleForm, async (c) => {
    const { id } = c.req.param();
    const context = c.get("context");
    const form = await c.req.parseBody({ all: true });
    const { stream } = await getStream(context, c.get("reader"), id);
    const draft = readDraft(stream.kind, form);
    const version = fieldText(form["version"]);
    try {
      const isExpected = (current: number) => `${current}` === version;
      await replaceStream(context, c.get("reader"), id, parseChanged(draft, stream), isExpected);
      return c.redirect(flashMessageUrl(streamUrl(id), "saved"), 303);
    } catch (error) {
      const { refusal, faults } = toFormRefusal(c, error);
      if (refusal.code === "precondition-failed") return respondChangedMeanwhile(c, id, draft);
      return respondWithStream(c, id, { draft, faults, version }, statusFor(refusal));
    }
  });

/** The number of changes on a page. */
const CHANGES = 20;

function kindOf(text: string): StreamKind {
  const kind = StreamKind.safeParse(text);
  if (!kind.success) throw new AppError("not-found", "There is no stream of this kind.");
  return kind.data;
}

function newForm(c: HonoContext<AppEnv>, draft: StreamDraft) {
  const reader = c.get("reader");
  return { draft, ...groupChoice(reader), mayCarryEverything: mayCarryEverything(reader, newDraft(draft.kind)) };
}

/**
 * Responds with the form as it was sent, and with the version of the settings that are stored now. So the operator can
 * save again, and sees before that which settings would be overwritten.
 */
async function respondChangedMeanwhile(c: HonoContext<AppEnv>, id: string, draft: StreamDraft) {
  const { stream, version } = await getStream(c.get("context"), c.get("reader"), id);
  const labels = differingLabels(sentFields(draft), sentFields(toDraft(stream)));
  const comparison =
    labels.length === 0
      ? "The stored settings are the same as in this form."
      : `The stored settings differ from this form in: ${labels.join(", ")}. To overwrite them, save again.`;
  const message = `Another operator has changed this stream since you opened it. ${comparison}`;
  return respondWithStream(c, id, { draft, faults: [{ path: "", message }], version: `${version}` }, 412);
}
