/** `Retry-After`, RFC 9110 §10.2.3: seconds or a date. Undefined where there is none, or no sense in it. */
export function retryAfterSeconds({ headers }: Response): number | undefined {
  const value = headers.get("Retry-After")?.trim() ?? "";
  if (/^[0-9]+$/.test(value)) return Number(value);
  const seconds = (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
