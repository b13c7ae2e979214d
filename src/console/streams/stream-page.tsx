import type { RewindPreview } from "../../domain/streams/preview-rewind.ts";
import type { StreamView } from "../../domain/streams/stream-view.ts";
import type { Fault } from "../../errors.ts";
import { showInvisible } from "../../event-text/invisible-characters.ts";
import type { StreamCheck } from "../../schemas/stream-change.ts";
import type { Stream } from "../../schemas/stream.ts";
import { FlashMessage, STREAM_MESSAGES } from "../shared/flash-message.tsx";
import { FaultSummary } from "../shared/form-faults.tsx";
import { Layout } from "../shared/layout.tsx";
import { streamUrl } from "../shared/page-urls.ts";
import { PanelError, type Refusal } from "../shared/panel-error.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { CheckPanel } from "./check-panel.tsx";
import { RewindPanel, SkipPanel } from "./position-panels.tsx";
import { StreamCrumbs } from "./stream-crumbs.tsx";
import type { StreamDraft } from "./stream-draft.ts";
import { StreamForm, type StreamFormProps } from "./stream-form.tsx";
import { KINDS } from "./stream-labels.ts";
import { PauseToggle, StreamHealth, StreamStatusLabel } from "./stream-status.tsx";

/** The result of the action that the page responds to. Empty if the page is only viewed. */
export interface StreamActionResult {
  /** The settings form as it was sent, if it was not saved. */
  draft?: StreamDraft;
  faults?: Fault[];
  check?: StreamCheck;
  rewind?: { after: string; preview?: RewindPreview | undefined };
  refusal?: Refusal;
}

interface StreamPageProps {
  view: StreamView;
  form: Omit<StreamFormProps, "faults">;
  result: StreamActionResult;
}

export function StreamPage({ view: { stream }, form, result }: StreamPageProps) {
  const { faults = [], refusal } = result;
  const hasFailed = faults.length > 0 || refusal !== undefined;
  return (
    <Layout title={`${hasFailed ? "Error: " : ""}${showInvisible(stream.name)} · Streams`} section="streams">
      <StreamCrumbs here={stream.name} />
      <h1>
        <span class="muted">{KINDS[stream.kind].name}</span> <UserText text={stream.name} />
      </h1>
      <FlashMessage messages={STREAM_MESSAGES} />
      <FaultSummary faults={faults} />
      <section class="standing" aria-label="State">
        <div>
          <p>
            <StreamStatusLabel stream={stream} />
          </p>
          <StreamHealth stream={stream} />
          <PanelError at="switch" refusal={refusal} />
          <div class="buttons">
            <PauseToggle stream={stream} from="stream" />
          </div>
        </div>
      </section>
      <SkipPanel stream={stream} refusal={refusal} />
      <CheckPanel stream={stream} check={result.check} refusal={refusal} />
      <section id="settings">
        <h2>Settings</h2>
        <StreamForm action={streamUrl(stream.id)} faults={faults} {...form} />
      </section>
      <RewindPanel stream={stream} refusal={refusal} after={result.rewind?.after} preview={result.rewind?.preview} />
      <DeletePanel stream={stream} refusal={refusal} />
    </Layout>
  );
}

function DeletePanel({ stream, refusal }: { stream: Stream; refusal: Refusal | undefined }) {
  return (
    <section id="delete">
      <h2>Delete</h2>
      <PanelError at="delete" refusal={refusal} />
      <details>
        <summary>Delete this stream…</summary>
        <p>
          The stream sends nothing more, and its position is deleted. What has arrived stays in the destination. This
          cannot be undone. To stop the stream for a while, pause it.
        </p>
        <form method="post" action={streamUrl(stream.id, "delete")}>
          <button class="danger">Delete permanently</button>
        </form>
      </details>
    </section>
  );
}
