const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+ -]\d\d:\d\d)$/;

/**
 * Nanoseconds since 1970 of an RFC 3339 time, as a decimal; 0 for what was before. Undefined for what is none. In a
 * query a + may have become a space: the zone's is taken back.
 */
export function nanosecondsOf(text: string): string | undefined {
  const [, date, time, fraction = "", zone = ""] = RFC_3339.exec(text) ?? [];
  const seconds = Date.parse(`${date}T${time}${zone.toUpperCase().replace(" ", "+")}`) / 1000;
  if (date === undefined || Number.isNaN(seconds) || !isInCalendar(date)) return undefined;
  const nanoseconds = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
  return `${nanoseconds < 0n ? 0n : nanoseconds}`;
}

/** `Date.parse` makes of 31 February a day in March. */
function isInCalendar(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

/** Milliseconds since 1970 of nanoseconds since 1970: what a `Date` takes. */
export function millisecondsOf(timestampNs: string): number {
  return Number(BigInt(timestampNs) / 1_000_000n);
}

/** "2025-11-23T01:00:00.123456789Z" of nanoseconds since 1970, to the last digit. */
export function rfc3339(timestampNs: string): string {
  const iso = new Date(millisecondsOf(timestampNs)).toISOString();
  return `${iso.slice(0, 19)}.${timestampNs.slice(-9).padStart(9, "0")}Z`;
}
