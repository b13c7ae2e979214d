import type { Shown } from "./activity.ts";
import { startOf } from "./duration.ts";
import { usePage } from "../shared/page-context.tsx";

/** The same in numbers, newest first. */
export function ActivityTable({ kinds, activity: { bars, stepMs }, hrefOf }: Shown) {
  const { now } = usePage();
  const filled = bars.filter(({ counts }) => counts.size > 0).toReversed();
  return (
    <details>
      <summary>As a table</summary>
      <div class="scroll" tabindex={0} role="region" aria-label="Activity as a table">
        <table>
          <tr>
            <th scope="col">From (UTC)</th>
            {kinds.map(({ name }) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
          {filled.map((bar) => (
            <tr>
              <th scope="row">
                <a href={hrefOf(bar)}>{startOf(bar, stepMs, now)}</a>
              </th>
              {kinds.map(({ name }) => (
                <td>{bar.counts.get(name) ?? 0}</td>
              ))}
            </tr>
          ))}
        </table>
      </div>
    </details>
  );
}
