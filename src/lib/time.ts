export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+ -]\d\d:\d\d)$/;

/**
 * Converts an RFC 3339 time to nanoseconds since 1970, as a decimal. A time before 1970 gives 0, and a text that is not
 * an RFC 3339 time gives undefined. A query string decodes `+` to a space, so a space before the zone's offset counts
 * as `+`.
 */
export function parseRfc3339(text: string): string | undefined {
  const [, date, time, fraction = "", zone = ""] = RFC_3339.exec(text) ?? [];
  const seconds = Date.parse(`${date}T${time}${zone.toUpperCase().replace(" ", "+")}`) / 1000;
  if (date === undefined || Number.isNaN(seconds) || !isInCalendar(date)) return undefined;
  const nanoseconds = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
  return `${nanoseconds < 0n ? 0n : nanoseconds}`;
}

/** `Date.parse` accepts 31 February and returns a day in March. */
function isInCalendar(date: string): boolean {
  return formatIso(Date.parse(`${date}T00:00:00Z`)).startsWith(date);
}

/** Converts a time since 1970 from nanoseconds to milliseconds, rounded down. */
export function nsToMs(timestampNs: string): number {
  return Number(BigInt(timestampNs) / 1_000_000n);
}

/** "2025-11-23T01:00:00.123456789Z", from nanoseconds since 1970. */
export function formatRfc3339(timestampNs: string): string {
  return `${formatIso(nsToMs(timestampNs)).slice(0, 19)}.${timestampNs.slice(-9).padStart(9, "0")}Z`;
}

/** "2025-11-23T01:00:00.123Z", from milliseconds since 1970. */
export function formatIso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
