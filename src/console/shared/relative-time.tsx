import { DAY_MS, formatIso, nsToMs, formatRfc3339 } from "../../lib/time.ts";
import { usePage } from "./page-context.tsx";

/** Nanoseconds since 1970, milliseconds since 1970, or RFC 3339 as the API serves it. */
type Time = { timestampNs: string } | { at: number } | { time: string };

/** "3 hours ago", "in 5 minutes", with the exact time (UTC) on hover. */
export function RelativeTime(time: Time) {
  const { now } = usePage();
  const exact = toRfc3339(time);
  return (
    <time datetime={exact} title={exact}>
      {formatRelative(Date.parse(exact), now)}
    </time>
  );
}

/** "14:05:09", UTC. */
export function formatClock(time: Time): string {
  return toRfc3339(time).slice(11, 19);
}

/** "02:05", UTC, with the exact time on hover; with the day if the time is not today. */
export function ClockTime({ at }: { at: number }) {
  const { now } = usePage();
  const exact = formatIso(at);
  const isToday = Math.floor(at / DAY_MS) === Math.floor(now / DAY_MS);
  return (
    <time datetime={exact} title={exact}>
      {isToday ? exact.slice(11, 16) : `${NEAR_DAY.format(at)}, ${exact.slice(11, 16)}`}
    </time>
  );
}

function toRfc3339(time: Time): string {
  if ("time" in time) return time.time;
  return "at" in time ? formatIso(time.at) : formatRfc3339(time.timestampNs);
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

function formatRelative(then: number, now: number): string {
  const seconds = (then - now) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 5 ? "just now" : RELATIVE.format(Math.trunc(seconds), "second");
}

/** "Today, 25 November 2026", "Sunday, 23 November 2025". Days are those of UTC. */
export function formatDay(timestampNs: string, now: number): string {
  const then = nsToMs(timestampNs);
  const daysAgo = Math.floor(now / DAY_MS) - Math.floor(then / DAY_MS);
  if (daysAgo === 0) return `Today, ${NEAR_DAY.format(then)}`;
  if (daysAgo === 1) return `Yesterday, ${NEAR_DAY.format(then)}`;
  return FAR_DAY.format(then);
}
