import type { Counts, Health } from "../../domain/subscriptions/attempt-statistics.ts";

export const OUTCOMES = [
  ["delivered", "delivered"],
  ["retried", "attempts retried"],
  ["failed", "failed for good"],
] as const;

/** A week of attempts: their numbers, a bar for each day, and how quickly they were answered. */
export function HealthPicture({ health }: { health: Health }) {
  if (sumOf(health.total) === 0) return <p class="health aside">Nothing was attempted in the last 7 days.</p>;
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
      <p class="aside">
        <Latencies health={health} />
      </p>
    </div>
  );
}

function Latencies({ health: { p50, p95 } }: { health: Health }) {
  if (p50 === undefined || p95 === undefined) return <>No answer yet</>;
  return (
    <>
      Half answered {latencyText(p50)},
      <br /> 95% answered {latencyText(p95)}
    </>
  );
}

/** "≤ 200 ms": no more is known. */
function latencyText(latency: number): string {
  if (latency === Infinity) return "> 10 s";
  return latency < 1000 ? `≤ ${latency} ms` : `≤ ${latency / 1000} s`;
}

const BAR = { step: 26, width: 16, height: 44, least: 2.5 };
const WEEKDAY = new Intl.DateTimeFormat("en", { weekday: "narrow", timeZone: "UTC" });
const DATE = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

function Bars({ health: { days } }: { health: Health }) {
  const most = Math.max(...days.map(sumOf));
  const width = days.length * BAR.step;
  const height = BAR.height + 2 * BAR.least + 16;
  return (
    <svg
      class="bars"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={told(days)}
    >
      {days.map((day, index) => (
        <Bar day={day} x={index * BAR.step + (BAR.step - BAR.width) / 2} most={most} />
      ))}
    </svg>
  );
}

function Bar({ day, x, most }: { day: Health["days"][0]; x: number; most: number }) {
  const ground = BAR.height + 2 * BAR.least;
  let y = ground;
  return (
    <g>
      <title>{toldDay(day)}</title>
      <rect class="none" x={x} y={ground} width={BAR.width} height="1" />
      {OUTCOMES.map(([outcome]) => {
        if (day[outcome] === 0) return <></>;
        const height = Math.max(BAR.least, Math.round((day[outcome] / most) * BAR.height * 10) / 10);
        y -= height;
        return <Part outcome={outcome} x={x} y={y} height={height} />;
      })}
      <text x={x + BAR.width / 2} y={ground + 13} text-anchor="middle">
        {WEEKDAY.format(day.day)}
      </text>
    </g>
  );
}

interface Rectangle {
  outcome: keyof Counts;
  x: number;
  y: number;
  height: number;
}

/** Solid, hollow or hatched: to be told apart without their colours. */
function Part({ outcome, x, y, height }: Rectangle) {
  if (outcome === "retried") {
    return <rect class="retried" x={x + 0.5} y={y + 0.5} width={BAR.width - 1} height={Math.max(1, height - 1)} />;
  }
  const fill = outcome === "failed" ? { fill: "url(#hatched)" } : {};
  return <rect class={outcome} x={x} y={y} width={BAR.width} height={height} {...fill} />;
}

/** What the bars are filled with; once on a page. */
export function BarPatterns() {
  return (
    <svg class="shapes" width="0" height="0" aria-hidden="true">
      <pattern id="hatched" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="hatch" width="2.5" height="4" />
      </pattern>
    </svg>
  );
}

export function sumOf({ delivered, retried, failed }: Counts): number {
  return delivered + retried + failed;
}

function told(days: Health["days"]): string {
  const eventful = days.filter((day) => sumOf(day) > 0);
  return `Attempts in the last 7 days. ${eventful.map(toldDay).join("; ")}.`;
}

function toldDay(day: Health["days"][0]): string {
  const parts = OUTCOMES.filter(([outcome]) => day[outcome] > 0).map(([outcome, words]) => `${day[outcome]} ${words}`);
  return `${dateOf(day.day)}: ${parts.length === 0 ? "nothing attempted" : parts.join(", ")}`;
}

export function dateOf(day: number): string {
  return DATE.format(day);
}
