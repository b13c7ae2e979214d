import { rfc3339 } from "../../schemas/time.ts";

type When = { timestampNs: string } | { time: string };

/**
 * How long ago, or in how long, with the exact time on hover: of nanoseconds since 1970, or of a time as the API serves
 * it. Both are UTC; `now` is in milliseconds.
 */
export function Moment({ now, ...when }: When & { now: number }) {
  const exact = "time" in when ? when.time : rfc3339(when.timestampNs);
  return (
    <time datetime={exact} title={exact}>
      {howFarOff("time" in when ? Date.parse(when.time) : millisecondsOf(when.timestampNs), now)}
    </time>
  );
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

function millisecondsOf(timestampNs: string): number {
  return Number(BigInt(timestampNs) / 1_000_000n);
}
