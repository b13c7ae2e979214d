import type { StreamChangePage } from "../../domain/streams/list-streams.ts";
import type { StreamView } from "../../domain/streams/stream-view.ts";
import type { StreamKind } from "../../schemas/stream-destinations.ts";
import { MAX_STREAMS, type Stream } from "../../schemas/stream.ts";
import { FlashMessage, STREAM_MESSAGES } from "../shared/flash-message.tsx";
import { Layout } from "../shared/layout.tsx";
import { streamUrl } from "../shared/page-urls.ts";
import { UserText } from "../shared/untrusted-text.tsx";
import { KINDS } from "./stream-labels.ts";
import { StreamChanges } from "./stream-changes.tsx";
import { PauseToggle, StreamHealth, StreamStatusLabel } from "./stream-status.tsx";

interface StreamListPageProps {
  views: StreamView[];
  changes: StreamChangePage;
}

export function StreamListPage({ views, changes }: StreamListPageProps) {
  return (
    <Layout title="Streams" section="streams">
      <h1>Streams</h1>
      <p class="subtitle">
        A stream sends events, in order and without a gap, to a system that keeps logs. If an event does not arrive, the
        stream waits at this event, and leaves none out.
      </p>
      <FlashMessage messages={STREAM_MESSAGES} />
      {views.length > 0 && (
        <ul class="subscriptions">
          {views.map(({ stream }) => (
            <StreamCard stream={stream} />
          ))}
        </ul>
      )}
      <AddStream isFull={views.length >= MAX_STREAMS} />
      <StreamChanges {...changes} />
    </Layout>
  );
}

function StreamCard({ stream }: { stream: Stream }) {
  return (
    <li class="subscription">
      <div>
        <h2>
          <span class="muted">{KINDS[stream.kind].name}</span>{" "}
          <a href={streamUrl(stream.id)}>
            <UserText text={stream.name} />
          </a>
        </h2>
        <p>
          <StreamStatusLabel stream={stream} />
        </p>
        <StreamHealth stream={stream} />
        <div class="buttons">
          <a href={streamUrl(stream.id)}>
            Edit or check
            <span class="visually-hidden">
              {" "}
              stream {stream.id}, <UserText text={stream.name} />
            </span>
          </a>
          <PauseToggle stream={stream} from="list" />
        </div>
      </div>
    </li>
  );
}

function AddStream({ isFull }: { isFull: boolean }) {
  return (
    <section id="add">
      <h2>Add a stream</h2>
      {isFull ? (
        <p class="muted">There can be at most {MAX_STREAMS} streams. Delete one to add another.</p>
      ) : (
        <ul class="kinds">
          {Object.entries(KINDS).map(([kind, { name, receives }]) => (
            <li>
              <a href={newStreamUrl(kind as StreamKind)}>{name}</a> <span class="muted">{receives}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function newStreamUrl(kind: StreamKind): string {
  return streamUrl("new", kind);
}
