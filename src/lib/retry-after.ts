/**
 * The value of a `Retry-After` header, in seconds from `nowMs`. RFC 9110 §10.2.3. A date in the past gives 0. A value
 * that is neither seconds nor a date gives undefined. This file imports nothing, because the client is bundled with it.
 */
export function retryAfterSeconds(header: string | null, nowMs: number): number | undefined {
  const value = header?.trim() ?? "";
  const seconds = /^[0-9]+$/.test(value) ? Number(value) : Math.ceil((httpDateMs(value) - nowMs) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/**
 * RFC 9110 §5.6.7 has three date formats, and asctime has no zone. `Date.parse` alone would read "soon 5" as a date.
 */
function httpDateMs(value: string): number {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w -]+ \d\d:\d\d:\d\d (?:GMT|\d{4})$/.test(value)) return NaN;
  return Date.parse(value.endsWith("GMT") ? value : `${value} GMT`);
}
