import { millisecondsOf } from "../../schemas/time.ts";
import type { ActivityPoint } from "../../store/events/filtered-feeds.ts";
import { activityOf, type Bar, type ChartPoint, type Shown } from "./activity.ts";
import { viewUrl } from "../shared/place-url.ts";
import { ActivityChart } from "./activity-chart.tsx";
import { ActivityTable } from "./activity-table.tsx";
import { EVENT_CATEGORIES } from "../shared/event-categories.ts";
import { usePage } from "../shared/page-context.tsx";
import { formatDuration, startOf } from "./duration.ts";

/** Fewer than these are seen at a glance in the timeline. */
const LEAST_TOLD = 10;

/** How much of what happened when, for the newest events of a view. */
export function ActivitySection({ marks }: { marks: ActivityPoint[] }) {
  const { now, url } = usePage();
  const activity = activityOf(marks.map(happeningOf));
  if (activity === undefined || activity.bars.length < 2 || marks.length < LEAST_TOLD) return <></>;
  const { stepMs, bars, outside } = activity;
  const kinds = EVENT_CATEGORIES.map(([name]) => ({ name, total: totalOf(name, bars) })).filter(
    ({ total }) => total > 0,
  );
  const shown: Shown = { kinds, activity, hrefOf: (bar) => hrefOf(bar, stepMs, url) };
  return (
    <section class="activity" aria-labelledby="activity">
      <h2 id="activity">Activity</h2>
      <p class="aside">
        The newest {marks.length} events, since {startOf(bars[0], stepMs, now)} UTC. Each bar is{" "}
        {formatDuration(stepMs)}.{leftOut(outside)}
      </p>
      <ActivityChart {...shown} />
      <ActivityTable {...shown} />
    </section>
  );
}

function leftOut(count: number): string {
  if (count === 0) return "";
  return count === 1
    ? " 1 lies far from the others and is left out."
    : ` ${count} lie far from the others and are left out.`;
}

function happeningOf({ type, timestamp }: ActivityPoint): ChartPoint {
  const [kind = ""] = EVENT_CATEGORIES.find(([, belongs]) => belongs(type)) ?? [];
  return { kind, timeMs: millisecondsOf(timestamp) };
}

function totalOf(kind: string, bars: Bar[]): number {
  return bars.reduce((sum, { counts }) => sum + (counts.get(kind) ?? 0), 0);
}

/** The search alone: the page's own path may be long, and there are many bars. */
function hrefOf({ fromMs }: Bar, stepMs: number, url: URL): string {
  const [since, until] = [fromMs, fromMs + stepMs].map((timeMs) => new Date(timeMs).toISOString().slice(0, 16));
  return viewUrl(url, { since, until }).slice(url.pathname.length);
}
