import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { requireSameOrigin } from "../../auth/same-origin.ts";
import { invalidRequest } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { limitBody, requireUnencodedBody } from "../../http/middleware/request-body.ts";

const KIB = 1024;

/** Checked for every form, even without a credential, because another site must not sign a visitor in (login CSRF). */
const fromOurOrigin = createMiddleware<AppEnv>(async (c, next) => {
  requireSameOrigin(c.req.raw, c.get("context"));
  await next();
});

/** Hono caches the parsed body, so the route can read it again. */
const parseableForm = createMiddleware<AppEnv>(async (c, next) => {
  try {
    await c.req.parseBody();
  } catch (error) {
    if (error instanceof TypeError) throw invalidRequest([{ path: "", message: "The form cannot be read." }]);
    throw error; // limitBody's error: the form is too large
  }
  await next();
});

/** Middleware for the console's POST forms. */
export const consoleForm = every(fromOurOrigin, requireUnencodedBody, limitBody(64 * KIB, "The form"), parseableForm);

/**
 * For the form of a subscription: up to 200 groups of 255 characters, each of which takes up to 15 bytes when encoded.
 */
export const largeConsoleForm = every(
  fromOurOrigin,
  requireUnencodedBody,
  limitBody(1024 * KIB, "The form"),
  parseableForm,
);

/** A field's text; empty if it is missing or a file. */
export function fieldText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The texts of a field that may be sent several times. */
export function fieldTexts(value: unknown): string[] {
  return [value].flat().filter((text) => typeof text === "string");
}

/** Replaces the field `username` if a form would change its text. */
export const ENCODED_USERNAME = "username_encoded";

/** HTML parsing changes NULs, and forms change line breaks, so a text that contains one is sent percent-encoded. */
export function needsEncoding(text: string): boolean {
  return /[\0\r\n]/.test(text);
}

export function encodeFieldText(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Returns the value unchanged if it is not percent-encoded. */
export function decodeFieldText(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * The text as a browser sends it back from a text field: trimmed, NUL replaced, and without line breaks. WHATWG HTML,
 * "Preprocessing the input stream" and the value sanitization of a text field.
 */
export function asSentBack(text: string): string {
  return text
    .replaceAll("\0", "\uFFFD")
    .replace(/[\r\n]/g, "")
    .trim();
}
