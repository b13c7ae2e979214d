import { formatIso, nsToMs } from "../../lib/time.ts";
import type { ActivityPoint } from "../../store/events/filtered-feeds.ts";
import { EVENT_CATEGORIES } from "../shared/labels.ts";
import { usePage } from "../shared/page-context.tsx";
import { viewUrl } from "../shared/page-urls.ts";
import { type Activity, type Bar, type ChartPoint, formatBarStart, formatStep, toActivity } from "./activity.ts";

/** A page with fewer events has no chart. */
const MIN_EVENTS = 10;

/** Shows when the newest events of a view happened, by category, as a chart and as a table. */
export function ActivitySection({ points }: { points: ActivityPoint[] }) {
  const { now } = usePage();
  const activity = toActivity(points.map(toChartPoint));
  if (activity === undefined || activity.bars.length < 2 || points.length < MIN_EVENTS) return <></>;
  const { stepMs, bars, outliers } = activity;
  const categories = EVENT_CATEGORIES.map(([name]) => ({ name, total: totalIn(name, bars) })).filter(
    ({ total }) => total > 0,
  );
  return (
    <section class="activity" aria-labelledby="activity">
      <h2 id="activity">Activity</h2>
      <p class="muted">
        The newest {points.length} events, since {formatBarStart(bars[0], stepMs, now)} UTC. Each bar is{" "}
        {formatStep(stepMs)}.{outlierNote(outliers)}
      </p>
      <Chart categories={categories} activity={activity} />
      <Table categories={categories} activity={activity} />
    </section>
  );
}

interface ChartProps {
  /** The categories that have events. */
  categories: { name: string; total: number }[];
  activity: Activity;
}

function outlierNote(count: number): string {
  if (count === 0) return "";
  return count === 1
    ? " 1 event is far from the others and is not shown."
    : ` ${count} events are far from the others and are not shown.`;
}

function toChartPoint({ type, timestamp }: ActivityPoint): ChartPoint {
  const [category = ""] = EVENT_CATEGORIES.find(([, belongs]) => belongs(type)) ?? [];
  return { category, timeMs: nsToMs(timestamp) };
}

function totalIn(category: string, bars: Bar[]): number {
  return bars.reduce((sum, { counts }) => sum + (counts.get(category) ?? 0), 0);
}

/** A relative URL of only the query, because a page has many bars and the path can be long. */
function barUrl({ fromMs }: Bar, stepMs: number, url: URL): string {
  const [since, until] = [fromMs, fromMs + stepMs].map((timeMs) => formatIso(timeMs).slice(0, 16));
  return viewUrl(url, { since, until }).slice(url.pathname.length);
}

// Sizes in units of the drawing. The pitch of a bar includes the gap after it. A row includes the gap above it.
const PITCH = 4;
const BAR_WIDTH = 3;
const ROW = 22;
const MAX_HEIGHT = 18;
const MIN_HEIGHT = 1.5;

/**
 * One row of bars for each category, so that colour carries no meaning. Hidden from screen readers, which read the
 * table.
 */
function Chart({ categories, activity: { bars, stepMs } }: ChartProps) {
  const { now } = usePage();
  const [width, height] = [bars.length * PITCH, categories.length * ROW];
  return (
    <div class="chart">
      <ul>
        {categories.map(({ name, total }) => (
          <li>
            {name} <b>{total}</b>
          </li>
        ))}
      </ul>
      <div aria-hidden="true">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          width={`${bars.length * 2}em`}
          height={`${categories.length * 1.75}em`}
        >
          {bars.map((bar, index) => (
            <BarLink bar={bar} stepMs={stepMs} x={index * PITCH} height={height} />
          ))}
          <path class="baseline" d={categories.map((_, row) => `M0 ${(row + 1) * ROW - 0.5}h${width}`).join("")} />
          <path d={barsPath(bars, categories)} />
        </svg>
        <p>
          <span>{formatBarStart(bars[0], stepMs, now)}</span>
          {bars.length > 9 && <span>{formatBarStart(bars.at(-1), stepMs, now)}</span>}
        </p>
      </div>
    </div>
  );
}

/** A link for the mouse only. The table has the same links for the keyboard. */
function BarLink({ bar, stepMs, x, height }: { bar: Bar; stepMs: number; x: number; height: number }) {
  const { now, url } = usePage();
  const count = [...bar.counts.values()].reduce((sum, more) => sum + more, 0);
  if (count === 0) return <></>;
  return (
    <a href={barUrl(bar, stepMs, url)} tabindex={-1}>
      <title>{`${formatBarStart(bar, stepMs, now)}: ${count}`}</title>
      <rect x={x} width={PITCH} height={height} />
    </a>
  );
}

function barsPath(bars: Bar[], categories: ChartProps["categories"]): string {
  const most = Math.max(...bars.flatMap(({ counts }) => [...counts.values()]));
  return categories
    .flatMap(({ name }, row) =>
      bars.map(({ counts }, index) => {
        const count = counts.get(name);
        if (count === undefined) return "";
        const height = Math.max(MIN_HEIGHT, Math.round((count / most) * MAX_HEIGHT * 10) / 10);
        return `M${index * PITCH} ${(row + 1) * ROW - 1}v-${height}h${BAR_WIDTH}v${height}z`;
      }),
    )
    .join("");
}

/** The newest bar comes first. */
function Table({ categories, activity: { bars, stepMs } }: ChartProps) {
  const { now, url } = usePage();
  const filled = bars.filter(({ counts }) => counts.size > 0).toReversed();
  return (
    <details>
      <summary>As a table</summary>
      <div class="scroll" tabindex={0} role="region" aria-label="Activity as a table">
        <table>
          <tr>
            <th scope="col">From (UTC)</th>
            {categories.map(({ name }) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
          {filled.map((bar) => (
            <tr>
              <th scope="row">
                <a href={barUrl(bar, stepMs, url)}>{formatBarStart(bar, stepMs, now)}</a>
              </th>
              {categories.map(({ name }) => (
                <td>{bar.counts.get(name) ?? 0}</td>
              ))}
            </tr>
          ))}
        </table>
      </div>
    </details>
  );
}
