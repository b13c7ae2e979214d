import type { Stream } from "../../schemas/stream.ts";
import type { StreamCheck } from "../../schemas/stream-change.ts";
import { SECRET_FIELD } from "../../schemas/stream-destinations.ts";
import { labelFor } from "../shared/field-labels.ts";
import { MarkedStatus } from "../shared/marked-status.tsx";
import { streamUrl } from "../shared/page-urls.ts";
import { PanelError, type Refusal } from "../shared/panel-error.tsx";
import { ReceiverResponse, UserText } from "../shared/untrusted-text.tsx";

interface CheckPanelProps {
  stream: Stream;
  check: StreamCheck | undefined;
  refusal: Refusal | undefined;
}

export function CheckPanel({ stream, check, refusal }: CheckPanelProps) {
  return (
    <section id="check" tabindex={-1}>
      <h2>Check</h2>
      <p class="muted">
        Sends a sample with the ID 0 now, as the stream would send an event. Nothing is stored here, and the stream does
        not move. The destination keeps the sample.
      </p>
      <PanelError at="check" refusal={refusal} />
      {check && <CheckResult stream={stream} check={check} />}
      <form method="post" action={`${streamUrl(stream.id, "check")}#check`}>
        <button class="secondary">{check === undefined ? "Send a sample" : "Send another sample"}</button>
      </form>
    </section>
  );
}

function CheckResult({ stream, check }: { stream: Stream; check: StreamCheck }) {
  const hasArrived = check.outcome === "delivered";
  return (
    <div class="result" role="status">
      <p>
        <MarkedStatus mark={hasArrived ? "active" : "failing"}>
          <b>{hasArrived ? "Arrived" : "Did not arrive"}</b>
          {check.status !== undefined && `, status ${check.status}`}
          {check.duration_ms !== undefined && ` after ${check.duration_ms.toLocaleString("en")} ms`}
          {check.reason !== undefined && (
            <>
              : <UserText text={check.reason} />
            </>
          )}
        </MarkedStatus>
      </p>
      {!hasArrived && <p>{adviceFor(check, stream)}</p>}
      <p class="muted">
        What was sent{stream.kind === "datadog" || stream.kind === "s3" ? ", before compression" : ""}:
      </p>
      <ReceiverResponse text={check.sent} />
      <p class="muted">What came back:</p>
      {check.response === undefined || check.response === "" ? (
        <p>No text.</p>
      ) : (
        <ReceiverResponse text={check.response} />
      )}
    </div>
  );
}

function adviceFor({ status }: StreamCheck, { kind }: Stream): string {
  if (status === undefined) {
    return "There was no response. Check the host name, that the destination is running, and that it responds in time.";
  }
  if (status < 300) return "The destination responded, but did not accept the sample. The response below says why.";
  if (status < 400) return "Redirects are not followed: enter the URL that this one redirects to.";
  if (status === 401 || status === 403) {
    return `The destination denied access. Check the field “${labelFor(SECRET_FIELD[kind])}”, and what the destination allows with it.`;
  }
  if (status === 404 || status === 405) return "Nothing at this URL accepts the events. Check the URL.";
  if (status === 429)
    return "The destination limits the number of requests. The stream waits as long as the destination asks.";
  if (status < 500)
    return "The destination rejected the sample. The response below and the destination’s logs may show why.";
  return "The destination failed. Its logs may show why. After such a response, a stream sends its batch again later.";
}
