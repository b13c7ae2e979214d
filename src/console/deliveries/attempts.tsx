import type { BrowsedDelivery } from "../../domain/deliveries/browse-deliveries.ts";
import type { Attempt, AttemptOutcome } from "../../schemas/delivery.ts";
import { clockOf, RelativeTime } from "../shared/relative-time.tsx";
import { ReceiverResponse } from "../shared/receiver-response.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { Due } from "./delivery-state.tsx";

const OUTCOMES: Record<AttemptOutcome, string> = {
  delivered: "Delivered",
  retry: "Not delivered",
  refused: "Refused",
  gone: "Receiver gone",
  lost: "Lost",
};

interface Tried {
  browsed: BrowsedDelivery;
}

/** The newest attempts, newest first, folded away. */
export function Attempts({ browsed }: Tried) {
  const { history, attempts, state } = browsed.delivery;
  if (history.length === 0) {
    return <p class="attempts aside">{state === "cancelled" ? "No attempt" : "No attempt yet"}</p>;
  }
  const earlier = (history[0]?.number ?? 1) - 1;
  return (
    <details class="attempts">
      <summary>{attempts === 1 ? "1 attempt" : `${attempts} attempts`}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="spoken">Number</span>
            </th>
            <th scope="col">Started (UTC)</th>
            <th scope="col">Took</th>
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
      {earlier > 0 && <p class="aside">{earlier} earlier</p>}
      {state === "pending" && (
        <p class="aside">
          The next is <Due browsed={browsed} />.
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
        {clockOf({ time: started_at })}, <RelativeTime time={started_at} />
      </td>
      <td>{duration_ms !== undefined && timeTaken(duration_ms)}</td>
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

function timeTaken(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
