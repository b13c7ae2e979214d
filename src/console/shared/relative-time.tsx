import { millisecondsOf, rfc3339 } from "../../schemas/time.ts";
import { usePage } from "./page-context.tsx";

/** Nanoseconds since 1970, milliseconds since 1970, or a time as the API serves it. */
type When = { timestampNs: string } | { at: number } | { time: string };

/** How long ago, or in how long, with the exact time (UTC) on hover. */
export function RelativeTime(when: When & { now?: number }) {
  const { now } = usePage();
  const exact = exactly(when);
  return (
    <time datetime={exact} title={exact}>
      {howFarOff(Date.parse(exact), now)}
    </time>
  );
}

/** "14:05:09", UTC: for where a day is told already, and for who cannot hover. */
export function clockOf(when: When): string {
  return exactly(when).slice(11, 19);
}

function exactly(when: When): string {
  if ("time" in when) return when.time;
  return "at" in when ? new Date(when.at).toISOString() : rfc3339(when.timestampNs);
}

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const DATE = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
const NEAR_DAY = new Intl.DateTimeFormat("en-GB", DATE);
const FAR_DAY = new Intl.DateTimeFormat("en-GB", { ...DATE, weekday: "long" });

function howFarOff(then: number, now: number): string {
  const seconds = (then - now) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 5 ? "just now" : RELATIVE.format(Math.trunc(seconds), "second");
}

/** "Today, 25 November 2026", "Sunday, 23 November 2025": of the days of UTC. */
export function dayOf(timestampNs: string, now: number): string {
  const then = millisecondsOf(timestampNs);
  const daysAgo = Math.floor(now / 86_400_000) - Math.floor(then / 86_400_000);
  if (daysAgo === 0) return `Today, ${NEAR_DAY.format(then)}`;
  if (daysAgo === 1) return `Yesterday, ${NEAR_DAY.format(then)}`;
  return FAR_DAY.format(then);
}
