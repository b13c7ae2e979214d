import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { requireSameOrigin } from "../../auth/same-origin.ts";
import { invalidRequest } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { limitBody, requireUnencodedBody } from "../../http/middleware/request-body.ts";

const KIB = 1024;

/** Whatever the credential, and without one: nobody else's page may sign a visitor in, or act for who is signed in. */
const fromOurPages = createMiddleware<AppEnv>(async (c, next) => {
  requireSameOrigin(c.req.raw, c.get("context"));
  await next();
});

/** Hono keeps what it has read, for the routes to read again. */
const readableForm = createMiddleware<AppEnv>(async (c, next) => {
  try {
    await c.req.parseBody();
  } catch (error) {
    if (error instanceof TypeError) throw invalidRequest([{ path: "", message: "The form cannot be read." }]);
    throw error; // it is too large
  }
  await next();
});

/** For what a form of the console sends. */
export const ourForm = every(fromOurPages, requireUnencodedBody, limitBody(64 * KIB, "The form"), readableForm);

/** For a subscription's form: 200 groups of 255 characters, each of which may take up 15 bytes. */
export const ourLargeForm = every(fromOurPages, requireUnencodedBody, limitBody(1024 * KIB, "The form"), readableForm);

/** A field's text; empty where it was not sent, or is a file. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A field's texts, where it may be sent several times. */
export function textsOf(value: unknown): string[] {
  return [value].flat().filter((text) => typeof text === "string");
}
