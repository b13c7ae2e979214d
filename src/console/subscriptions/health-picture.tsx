import type { AttemptCounts, SubscriptionHealth } from "../../domain/subscriptions/subscription-health.ts";

const OUTCOMES = [
  ["delivered", "delivered"],
  ["retried", "attempts retried"],
  ["failed", "failed permanently"],
] as const;

/** A week of attempts: their numbers, a bar for each day, and the response times. */
export function HealthPicture({ health }: { health: SubscriptionHealth }) {
  if (countAttempts(health.total) === 0) return <p class="health muted">No attempts in the last 7 days.</p>;
  return (
    <div class="health">
      <Bars health={health} />
      <ul>
        {OUTCOMES.map(([outcome, words]) => (
          <li>
            <span class={`swatch ${outcome}`} aria-hidden="true" /> <b>{health.total[outcome].toLocaleString("en")}</b>{" "}
            {words}
          </li>
        ))}
      </ul>
      <p class="muted">
        <Latencies health={health} />
      </p>
    </div>
  );
}

function Latencies({ health: { p50, p95 } }: { health: SubscriptionHealth }) {
  if (p50 === undefined || p95 === undefined) return <>No response yet</>;
  return (
    <>
      Response time:
      <br /> p50 {formatLatency(p50)}, p95 {formatLatency(p95)}
    </>
  );
}

/** As in "≤ 200 ms": only the limit is known that the latency did not exceed. */
function formatLatency(latency: number): string {
  if (latency === Infinity) return "> 10 s";
  return latency < 1000 ? `≤ ${latency} ms` : `≤ ${latency / 1000} s`;
}

const BAR = { step: 26, width: 16, height: 44, minHeight: 2.5 };
const WEEKDAY = new Intl.DateTimeFormat("en", { weekday: "narrow", timeZone: "UTC" });
const DATE = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

function Bars({ health: { days } }: { health: SubscriptionHealth }) {
  const maxAttempts = Math.max(...days.map(countAttempts));
  const width = days.length * BAR.step;
  const height = BAR.height + 2 * BAR.minHeight + 16;
  return (
    <svg
      class="bars"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={weekLabel(days)}
    >
      {days.map((day, index) => (
        <Bar day={day} x={index * BAR.step + (BAR.step - BAR.width) / 2} maxAttempts={maxAttempts} />
      ))}
    </svg>
  );
}

function Bar({ day, x, maxAttempts }: { day: SubscriptionHealth["days"][0]; x: number; maxAttempts: number }) {
  const baseline = BAR.height + 2 * BAR.minHeight;
  let y = baseline;
  return (
    <g>
      <title>{dayLabel(day)}</title>
      <rect class="none" x={x} y={baseline} width={BAR.width} height="1" />
      {OUTCOMES.map(([outcome]) => {
        if (day[outcome] === 0) return <></>;
        const height = Math.max(BAR.minHeight, Math.round((day[outcome] / maxAttempts) * BAR.height * 10) / 10);
        y -= height;
        return <Part outcome={outcome} x={x} y={y} height={height} />;
      })}
      <text x={x + BAR.width / 2} y={baseline + 13} text-anchor="middle">
        {WEEKDAY.format(day.day)}
      </text>
    </g>
  );
}

interface Rectangle {
  outcome: keyof AttemptCounts;
  x: number;
  y: number;
  height: number;
}

/** A filled, hollow or hatched rectangle, so that the outcomes differ without colours. */
function Part({ outcome, x, y, height }: Rectangle) {
  if (outcome === "retried") {
    return <rect class="retried" x={x + 0.5} y={y + 0.5} width={BAR.width - 1} height={Math.max(1, height - 1)} />;
  }
  const fill = outcome === "failed" ? { fill: "url(#hatched)" } : {};
  return <rect class={outcome} x={x} y={y} width={BAR.width} height={height} {...fill} />;
}

/** The patterns that the bars use. Rendered once on a page. */
export function BarPatterns() {
  return (
    <svg class="shapes" width="0" height="0" aria-hidden="true">
      <pattern id="hatched" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="hatch" width="2.5" height="4" />
      </pattern>
    </svg>
  );
}

export function countAttempts({ delivered, retried, failed }: AttemptCounts): number {
  return delivered + retried + failed;
}

function weekLabel(days: SubscriptionHealth["days"]): string {
  const active = days.filter((day) => countAttempts(day) > 0);
  return `Attempts in the last 7 days. ${active.map(dayLabel).join("; ")}.`;
}

function dayLabel(day: SubscriptionHealth["days"][0]): string {
  const parts = OUTCOMES.filter(([outcome]) => day[outcome] > 0).map(([outcome, words]) => `${day[outcome]} ${words}`);
  return `${DATE.format(day.day)}: ${parts.length === 0 ? "no attempts" : parts.join(", ")}`;
}

/** The numbers of the picture, day by day. */
export function HealthTable({ health }: { health: SubscriptionHealth }) {
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
              <th scope="row">{DATE.format(day.day)}</th>
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
