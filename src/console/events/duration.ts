import type { Bar } from "./activity.ts";

const DAY_MS = 86_400_000;
const SPANS: [name: string, ms: number][] = [
  ["week", 7 * DAY_MS],
  ["day", DAY_MS],
  ["hour", 3_600_000],
];
const ARTICLES: Record<string, string> = { hour: "an" };

/** "an hour", "15 minutes". */
export function formatDuration(ms: number): string {
  const [name, unitMs] = SPANS.find(([, size]) => ms % size === 0) ?? ["minute", 60_000];
  const count = ms / unitMs;
  return count === 1 ? `${ARTICLES[name] ?? "a"} ${name}` : `${count} ${name}s`;
}

const DATE = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" } as const;
const WITH_TIME = new Intl.DateTimeFormat("en-GB", { ...DATE, hour: "2-digit", minute: "2-digit" });
const WITHOUT_TIME = new Intl.DateTimeFormat("en-GB", DATE);
const WITH_YEAR = new Intl.DateTimeFormat("en-GB", { ...DATE, year: "numeric" });

/** When a bar begins, as exactly as it needs: "Mon 23 Nov, 14:00", "Mon 23 Nov", "Mon, 23 Nov 2020". */
export function startOf(bar: Bar | undefined, stepMs: number, now: number): string {
  if (bar === undefined) return "";
  const { fromMs } = bar;
  if (new Date(fromMs).getUTCFullYear() !== new Date(now).getUTCFullYear()) {
    const day = WITH_YEAR.format(fromMs);
    return stepMs < DAY_MS ? `${day}, ${new Date(fromMs).toISOString().slice(11, 16)}` : day;
  }
  return (stepMs < DAY_MS ? WITH_TIME : WITHOUT_TIME).format(fromMs);
}
