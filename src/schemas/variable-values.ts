import * as z from "zod";
import { isLoopback } from "../lib/loopback.ts";

// The values of src/config.ts's variables, each parsed from its text. A message follows "The variable NAME".

/** Split at commas, trimmed, without empty items. */
export const StringList = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

export const BooleanFlag = z
  .enum(["true", "false"], { error: 'must be "true" or "false"' })
  .transform((text) => text === "true");

export const Secret = z
  .string()
  .refine((text) => new TextEncoder().encode(text).byteLength >= 32, "must be at least 32 bytes long");

export const TokenList = z
  .string("must hold at least one token")
  .pipe(StringList)
  .refine((tokens) => tokens.length > 0, "must hold at least one token");

/** `https`, or `http` on loopback. */
export const KeySetUrl = z
  .string()
  .refine(isKeySetUrl, "must be an https URL (http only for a host that is this machine)")
  .transform((text) => new URL(text));

export const Origins = StringList.refine(
  (origins) => origins.every(isOrigin),
  "must be a list of origins, as in https://app.example.com",
);

/** Slack's messages hold it many times over. */
const MAX_PUBLIC_URL = 200;

/** Without its trailing slashes. */
export const PublicUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "must be an http or https URL")
  .refine((text) => text.length <= MAX_PUBLIC_URL, `must be at most ${MAX_PUBLIC_URL} characters long`)
  .transform((text) => text.replace(/\/+$/, ""));

/** Waits between attempts in seconds: n waits are n + 1 attempts. */
export const RetrySchedule = StringList.refine(
  (waits) => waits.length > 0 && waits.every((wait) => /^[0-9]{1,7}$/.test(wait)),
  "must be whole numbers of seconds, separated by commas",
).transform((waits) => waits.map(Number));

export const DeliveryTimeout = wholeNumber(60, "must be a whole number of seconds from 1 to 60");
export const DeliveryRetention = wholeNumber(3650, "must be a whole number of days from 1 to 3650");

function wholeNumber(max: number, message: string) {
  return z
    .string()
    .refine((text) => /^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= max, message)
    .transform(Number);
}

function isKeySetUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
