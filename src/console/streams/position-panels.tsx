import type { RewindPreview } from "../../domain/streams/preview-rewind.ts";
import type { Stream } from "../../schemas/stream.ts";
import { streamUrl } from "../shared/page-urls.ts";
import { PanelError, type Refusal } from "../shared/panel-error.tsx";
import { countEvents } from "./stream-status.tsx";

interface PanelProps {
  stream: Stream;
  refusal: Refusal | undefined;
}

/** Shown only while the destination refuses an event. */
export function SkipPanel({ stream: { id, refused_event }, refusal }: PanelProps) {
  if (refused_event === undefined) {
    return refusal?.panel === "skip" ? <PanelError at="skip" refusal={refusal} /> : <></>;
  }
  return (
    <section id="skip" tabindex={-1}>
      <h2>Skip event {refused_event}</h2>
      <p>
        The destination refuses this event, and the stream waits at it. First look at the last error: if the settings of
        the stream or of the destination are wrong, correct them, and the event arrives after all. If you skip the
        event, it will be missing in the destination. The list of changes will show that you skipped it.
      </p>
      <PanelError at="skip" refusal={refusal} />
      <details>
        <summary>Skip this event…</summary>
        <form method="post" action={`${streamUrl(id, "skip")}#skip`}>
          <input type="hidden" name="event" value={refused_event} />
          <button class="danger">Skip event {refused_event}</button>
        </form>
      </details>
    </section>
  );
}

interface RewindPanelProps extends PanelProps {
  /** The content of the field, valid or not. */
  after: string | undefined;
  /** What a rewind to `after` would do. Undefined until the operator has asked. */
  preview: RewindPreview | undefined;
}

/** The first form shows what the rewind would do, and the second one does it. */
export function RewindPanel({ stream, refusal, after, preview }: RewindPanelProps) {
  const isInvalid = refusal?.panel === "rewind";
  return (
    <section id="rewind" tabindex={-1}>
      <h2>Rewind</h2>
      <p class="muted">Sets the stream back, so that it sends events again that have already arrived.</p>
      <PanelError at="rewind" refusal={refusal} />
      {preview && <Consequence stream={stream} preview={preview} />}
      <form class="edit" method="get" action={`${streamUrl(stream.id)}#rewind`}>
        <div class="field">
          <label for="rewind-after">After event ID</label>
          <input
            id="rewind-after"
            name="rewind"
            value={after ?? ""}
            inputmode="numeric"
            autocomplete="off"
            aria-describedby={isInvalid ? "rewind-fault rewind-hint" : "rewind-hint"}
            {...(isInvalid && { "aria-invalid": "true" })}
          />
          <p id="rewind-hint" class="muted">
            At most {stream.after}, where the stream is now. 0 starts with the oldest event.
          </p>
        </div>
        <button class="secondary">Show what would happen</button>
      </form>
    </section>
  );
}

function Consequence({ stream, preview }: { stream: Stream; preview: RewindPreview }) {
  const { after, behind } = preview;
  return (
    <div class="result" role="status">
      <p>
        <b>{sentence(after, behind)}</b>
      </p>
      <p>
        {stream.after === after
          ? "The stream is at this event now, so no event that has arrived is sent again."
          : `Events up to ID ${stream.after} have arrived before, and arrive a second time.`}{" "}
        {consequenceFor(stream)} New events wait until the stream has caught up.
        {stream.status === "paused" && " The stream is paused, so it sends nothing until you resume it."}
      </p>
      <form method="post" action={`${streamUrl(stream.id, "rewind")}#rewind`}>
        <input type="hidden" name="after" value={after} />
        <button class="danger">Rewind to event {after}</button>
      </form>
    </div>
  );
}

function sentence(after: string, behind: RewindPreview["behind"]): string {
  if (behind.events > 0) return `${countEvents(behind)} will be sent, beginning after event ${after}.`;
  return behind.is_partial
    ? `None of the next 10,000 events after event ${after} is for this stream. Later ones may be.`
    : `After event ${after} there is no event to send.`;
}

function consequenceFor({ kind }: Stream): string {
  switch (kind) {
    case "http":
      return "The batches have new IDs, so the receiver has to recognise the events by their own IDs.";
    case "splunk_hec":
      return "Splunk keeps each event again. Searches have to remove duplicates by the ID of the event.";
    case "datadog":
      return "Datadog keeps each event again. Events that are older than 18 hours get the time of sending as their date.";
    case "s3":
      return "Batches with the same first and last event overwrite their objects. Other batches add objects, so an event may be in two objects.";
  }
}
