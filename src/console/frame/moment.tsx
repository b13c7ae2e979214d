import { millisecondsOf, rfc3339 } from "../../schemas/time.ts";

/** Nanoseconds since 1970, milliseconds since 1970, or a time as the API serves it. */
type When = { timestampNs: string } | { at: number } | { time: string };

/** How long ago, or in how long, with the exact time (UTC) on hover. `now` is in milliseconds since 1970. */
export function Moment({ now, ...when }: When & { now: number }) {
  const exact = exactly(when);
  return (
    <time datetime={exact} title={exact}>
      {howFarOff(Date.parse(exact), now)}
    </time>
  );
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
const DAY = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

function howFarOff(then: number, now: number): string {
  const seconds = (then - now) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 5 ? "just now" : RELATIVE.format(Math.trunc(seconds), "second");
}

/** "Today", "Yesterday", "Sunday, 23 November 2025". */
export function dayOf(timestampNs: string, now: number): string {
  const then = millisecondsOf(timestampNs);
  const daysAgo = Math.floor(now / 86_400_000) - Math.floor(then / 86_400_000);
  if (daysAgo === 0) return "Today";
  if (daysAgo === 1) return "Yesterday";
  return DAY.format(then);
}
