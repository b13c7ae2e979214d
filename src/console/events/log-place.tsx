import type { CurrentCheckpoint } from "../../domain/log/current-checkpoint.ts";
import type { ProvableEvent } from "../../domain/log/get-provable-event.ts";
import { proofUrl } from "../shared/page-urls.ts";
import { ClockTime } from "../shared/relative-time.tsx";

interface LogPlaceProps {
  event: ProvableEvent;
  newest: Exclude<CurrentCheckpoint, { kind: "none" }>;
}

/** The event's index in the log, and the download of its proof. */
export function LogPlace({ event, newest }: LogPlaceProps) {
  const { id, index, opening } = event;
  if (newest.kind === "pending" || index === undefined || index >= newest.size) {
    return (
      <>
        {newest.isStopped
          ? "Not in the log, because the log is stopped"
          : "Not in the log yet. That takes a few seconds"}
      </>
    );
  }
  return (
    <>
      <span>
        In <a href="/log">the log</a> at {index.toLocaleString("en")}, checkpoint of <ClockTime at={newest.at} />
      </span>{" "}
      {opening === undefined ? (
        <span class="muted">The opening of this event was destroyed, so it cannot be proved any more.</span>
      ) : (
        <>
          <a href={proofUrl(id)} download>
            Download proof
          </a>{" "}
          <span class="muted">
            It shows anybody, without this service, that the log has exactly this event, unchanged since its recording.
          </span>
        </>
      )}
    </>
  );
}
