import type { Health } from "../../domain/subscriptions/attempt-statistics.ts";
import { dateOf, OUTCOMES } from "./health-picture.tsx";

/** The picture's numbers, day by day. */
export function HealthTable({ health }: { health: Health }) {
  return (
    <details class="days">
      <summary>Day by day</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            {OUTCOMES.map(([, words]) => (
              <th scope="col">{words.charAt(0).toUpperCase() + words.slice(1)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {health.days.toReversed().map((day) => (
            <tr>
              <th scope="row">{dateOf(day.day)}</th>
              {OUTCOMES.map(([outcome]) => (
                <td>{day[outcome].toLocaleString("en")}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
