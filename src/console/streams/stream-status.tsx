import { MAX_COUNTED, type Behind, type Stream } from "../../schemas/stream.ts";
import { MarkedStatus } from "../shared/marked-status.tsx";
import { streamUrl } from "../shared/page-urls.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { UserText } from "../shared/untrusted-text.tsx";

interface Shown {
  stream: Stream;
}

const STATUSES = {
  active: { mark: "active", text: "Active" },
  failing: { mark: "failing", text: "Failing" },
  paused: { mark: "disabled", text: "Paused" },
} as const;

export function StreamStatusLabel({ stream: { status } }: Shown) {
  const { mark, text } = STATUSES[status];
  return (
    <MarkedStatus mark={mark}>
      <b>{text}</b>
    </MarkedStatus>
  );
}

/** How far the stream has come, and how its last attempts ended. */
export function StreamHealth({ stream }: Shown) {
  const { after, last_success_at, last_error, refused_event, next_attempt_at } = stream;
  return (
    <dl class="receives">
      <Row name="Behind">
        <Lag stream={stream} />
      </Row>
      <Row name="Position">{after === "0" ? "before the oldest event" : `after event ${after}`}</Row>
      <Row name="Last success">
        {last_success_at === undefined ? "none yet" : <RelativeTime time={last_success_at} />}
      </Row>
      {last_error !== undefined && (
        <Row name="Last error">
          <span class="fault">
            <UserText text={last_error} />
          </span>
        </Row>
      )}
      {refused_event !== undefined && (
        <Row name="Refused">
          <a href={`/events/${refused_event}`}>event {refused_event}</a>
        </Row>
      )}
      {next_attempt_at !== undefined && (
        <Row name="Next attempt">
          <RelativeTime time={next_attempt_at} />
        </Row>
      )}
    </dl>
  );
}

function Row({ name, children }: { name: string; children?: unknown }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How far the stream is behind, in events and in time. */
function Lag({ stream: { behind } }: Shown) {
  if (behind === undefined) return <>not known, because the archive cannot be read</>;
  if (behind.events === 0)
    return (
      <>{behind.is_partial ? "not known: none of the next 10,000 events is for this stream" : "nothing to send"}</>
    );
  return (
    <>
      {countEvents(behind)}
      {behind.since !== undefined && (
        <>
          , the oldest recorded <RelativeTime time={behind.since} />
        </>
      )}
    </>
  );
}

/** As in "1,000 events or more", because counting stops there. */
export function countEvents({ events: count, is_partial }: Behind): string {
  const events = count === 1 ? "1 event" : `${count.toLocaleString("en")} events`;
  return count >= MAX_COUNTED || is_partial ? `${events} or more` : events;
}

/** A button that pauses the stream or lets it go on. `from` is the page to return to. */
export function PauseToggle({ stream: { id, name, enabled }, from }: Shown & { from: "list" | "stream" }) {
  return (
    <form method="post" action={streamUrl(id, enabled ? "pause" : "resume")}>
      <input type="hidden" name="from" value={from} />
      <button class="secondary">
        {enabled ? "Pause" : "Resume"}
        {from === "list" && (
          <span class="visually-hidden">
            {" "}
            stream {id}, <UserText text={name} />
          </span>
        )}
      </button>
    </form>
  );
}
