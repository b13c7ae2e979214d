import * as z from "zod";
import { isLoopback } from "../lib/loopback.ts";
import { COSIGNATURE_V1, ED25519, parseSignerKey, parseVerifierKey } from "../tlog/note-key.ts";

// The values of the variables in variables.ts, parsed from texts. A message follows the words "The variable NAME".

/** The items between the commas of a text, trimmed and without empty ones. */
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

/** Allows `https`, and `http` on loopback. */
export const KeySetUrl = z
  .string()
  .refine(isSafeUrl, "must be an https URL, or an http URL on localhost")
  .transform((text) => new URL(text));

export const Origins = StringList.refine(
  (origins) => origins.every(isOrigin),
  "must be a list of origins, as in https://app.example.com",
);

/** A Slack message contains the URL many times. */
const MAX_PUBLIC_URL = 200;

/** The URL is parsed without trailing slashes. */
export const PublicUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "must be an http or https URL")
  .refine((text) => text.length <= MAX_PUBLIC_URL, `must be at most ${MAX_PUBLIC_URL} characters long`)
  .transform((text) => text.replace(/\/+$/, ""));

/** Seconds between attempts: n numbers allow n + 1 attempts. */
export const RetrySchedule = StringList.refine(
  (waits) => waits.length > 0 && waits.every((wait) => /^[0-9]{1,7}$/.test(wait)),
  "must be whole numbers of seconds, separated by commas",
).transform((waits) => waits.map(Number));

export const DeliveryTimeout = wholeNumber(60, "must be a whole number of seconds from 1 to 60");
export const EventRetention = wholeNumber(36_500, "must be a whole number of days from 1 to 36500");
export const DeliveryRetention = wholeNumber(3650, "must be a whole number of days from 1 to 3650");

/** D1 has at most 10 GB, and the move needs room while it runs. */
export const HotGigabytes = z
  .string()
  .refine((text) => /^[0-9](\.[0-9]{1,3})?$/.test(text) && Number(text) <= 9.5, "must be a number from 0 to 9.5")
  .transform(Number);

/** The private key that signs checkpoints. C2SP signed-note. */
export const LogKey = z.string().transform((text, context) => {
  const key = parseSignerKey(text);
  if (key?.verifier.type === ED25519) return key;
  context.addIssue("must be an Ed25519 private key of a log, as npm run --silent log-key -- --origin NAME prints it");
  return z.NEVER;
});

export const LogAccess = z.enum(["readers", "public"], { error: 'must be "readers" or "public"' });

const MAX_WITNESSES = 16;

/** The key of each witness, and its submission prefix without trailing slashes. C2SP tlog-witness. */
export const LogWitnesses = StringList.transform((items, context) => {
  const witnesses = items.map(parseWitness).filter((witness) => witness !== undefined);
  const keys = new Set(witnesses.map(({ key }) => `${key.name} ${key.id.join()}`));
  if (witnesses.length < items.length)
    context.addIssue(
      "must be a list of witnesses, each a cosignature/v1 key, a space, and an https URL or an http URL on localhost",
    );
  else if (witnesses.length > MAX_WITNESSES) context.addIssue(`must hold at most ${MAX_WITNESSES} witnesses`);
  else if (keys.size < witnesses.length) context.addIssue("must not hold a witness twice");
  return witnesses;
});

function parseWitness(text: string) {
  const [keyText = "", url = "", ...rest] = text.split(/ +/);
  const key = parseVerifierKey(keyText);
  if (key?.type !== COSIGNATURE_V1 || !isBareUrl(url) || rest.length > 0) return undefined;
  return { key, url: url.replace(/\/+$/, "") };
}

function wholeNumber(max: number, message: string) {
  return z
    .string()
    .refine((text) => /^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= max, message)
    .transform(Number);
}

function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

/** True if a path can be appended. */
function isBareUrl(text: string): boolean {
  if (!isSafeUrl(text)) return false;
  const { search, hash, username, password } = new URL(text);
  return search === "" && hash === "" && username === "" && password === "";
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
