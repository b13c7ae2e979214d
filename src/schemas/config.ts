import * as z from "zod";

const DEFAULT_RETRY_SCHEDULE = "5,300,1800,7200,18000,36000,43200,43200,43200";

/** Split at commas, trimmed, empties dropped. */
const List = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

const Flag = z.enum(["true", "false"], { error: 'must be "true" or "false"' }).transform((text) => text === "true");

export const Secret = z
  .string()
  .refine((text) => new TextEncoder().encode(text).byteLength >= 32, "must be at least 32 bytes long");

export const TokenList = z
  .string("must hold at least one token")
  .pipe(List)
  .refine((tokens) => tokens.length > 0, "must hold at least one token");

/** `https`, or `http` on loopback. */
export const KeySetUrl = z
  .string()
  .refine(isKeySetUrl, "must be an https URL (http is for loopback only)")
  .transform((text) => new URL(text));

export const StringList = List.default([]);
export const Origins = List.default([]).refine(
  (origins) => origins.every(isOrigin),
  "must be origins, as in https://app.example.com",
);
export const GroupsClaim = z.string().default("groups");
export const BooleanFlag = Flag.default(false);

/** Slack's messages hold it many times over. */
const MAX_PUBLIC_URL = 200;

export const PublicUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "must be an http or https URL")
  .refine((text) => text.length <= MAX_PUBLIC_URL, `must be at most ${MAX_PUBLIC_URL} characters long`)
  .transform((text) => text.replace(/\/+$/, ""))
  .optional();

/** Waits between attempts in seconds: n entries are n waits, so n + 1 attempts. */
export const RetrySchedule = z
  .string()
  .default(DEFAULT_RETRY_SCHEDULE)
  .pipe(List)
  .refine(
    (waits) => waits.length > 0 && waits.every((wait) => /^[0-9]{1,7}$/.test(wait)),
    "must be whole seconds, separated by commas",
  )
  .transform((waits) => waits.map(Number));

export const DeliveryTimeout = wholeNumber("15", 60, "must be whole seconds from 1 to 60");
export const DeliveryRetention = wholeNumber("90", 3650, "must be whole days from 1 to 3650");

function wholeNumber(byDefault: string, most: number, message: string) {
  return z
    .string()
    .default(byDefault)
    .refine((text) => /^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= most, message)
    .transform(Number);
}

function isKeySetUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && /^(?:localhost|127(?:\.[0-9]+){3}|\[::1\])$/.test(hostname));
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
