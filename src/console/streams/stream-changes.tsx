import type { StreamChangePage } from "../../domain/streams/list-streams.ts";
import type { StreamChange } from "../../schemas/stream-change.ts";
import { STREAMS_URL } from "../shared/page-urls.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { UserText } from "../shared/untrusted-text.tsx";

/** What operators did, newest first. */
export function StreamChanges({ changes, next }: StreamChangePage) {
  if (changes.length === 0) return <></>;
  return (
    <section id="changes">
      <h2>What operators did</h2>
      <ul class="changes">
        {changes.map((change) => (
          <li>
            <RelativeTime time={change.at} />: {change.by === undefined ? "an operator" : <UserText text={change.by} />}{" "}
            <UserText text={sentence(change)} />
          </li>
        ))}
      </ul>
      {next !== undefined && "page_from" in next && (
        <p>
          <a href={`${STREAMS_URL}?page_from=${next.page_from}#changes`}>Earlier changes</a>
        </p>
      )}
    </section>
  );
}

/** The text after the operator's name. */
function sentence({ action, stream_id: id, details }: StreamChange): string {
  const { name = "", fields = [], after, before, event, reason = "" } = details;
  switch (action) {
    case "create":
      return `created stream ${id}, ${name}${after === undefined ? "" : `, to begin after event ${after}`}`;
    case "change":
      return `changed stream ${id}: ${fields.join(", ")}`;
    case "delete":
      return `deleted stream ${id}, ${name}`;
    case "pause":
      return `paused stream ${id}`;
    case "resume":
      return `resumed stream ${id}`;
    case "rewind":
      return `rewound stream ${id} from event ${before} to event ${after}`;
    case "skip":
      return `skipped event ${event} in stream ${id}${reason === "" ? "" : `: ${reason}`}`;
  }
}
