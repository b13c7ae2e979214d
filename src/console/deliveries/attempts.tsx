import type { BrowsedDelivery } from "../../domain/deliveries/browse-deliveries.ts";
import type { Attempt, AttemptOutcome } from "../../schemas/delivery.ts";
import { formatClock, RelativeTime } from "../shared/relative-time.tsx";
import { ReceiverResponse, UserText } from "../shared/untrusted-text.tsx";
import { NextAttempt } from "./delivery-state.tsx";

const OUTCOMES: Record<AttemptOutcome, string> = {
  delivered: "Delivered",
  retry: "Not delivered",
  refused: "Refused",
  gone: "Receiver gone",
  lost: "Lost",
};

/** The newest attempts of a delivery, newest first, in a closed `details`. */
export function Attempts({ browsed }: { browsed: BrowsedDelivery }) {
  const { history, attempts, state } = browsed.delivery;
  if (history.length === 0) {
    return <p class="attempts muted">{state === "cancelled" ? "No attempts" : "No attempts yet"}</p>;
  }
  const earlier = (history[0]?.number ?? 1) - 1;
  return (
    <details class="attempts">
      <summary>{attempts === 1 ? "1 attempt" : `${attempts} attempts`}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">Number</span>
            </th>
            <th scope="col">Started (UTC)</th>
            <th scope="col">Duration</th>
            <th scope="col">Status</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {history.toReversed().map((attempt) => (
            <AttemptRow attempt={attempt} />
          ))}
        </tbody>
      </table>
      {earlier > 0 && (
        <p class="muted">{earlier === 1 ? "1 earlier attempt" : `${earlier} earlier attempts`} not shown</p>
      )}
      {state === "pending" && (
        <p class="muted">
          The next attempt is <NextAttempt browsed={browsed} />.
        </p>
      )}
    </details>
  );
}

function AttemptRow({ attempt }: { attempt: Attempt }) {
  const { number, started_at, duration_ms, outcome, status, reason, response } = attempt;
  return (
    <tr>
      <th scope="row">{number}</th>
      <td>
        {formatClock({ time: started_at })}, <RelativeTime time={started_at} />
      </td>
      <td>{duration_ms !== undefined && formatMilliseconds(duration_ms)}</td>
      <td>{status}</td>
      <td>
        {OUTCOMES[outcome]}
        {reason !== undefined && (
          <>
            : <UserText text={reason} />
          </>
        )}
        {response !== undefined && <ReceiverResponse text={response} />}
      </td>
    </tr>
  );
}

function formatMilliseconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
