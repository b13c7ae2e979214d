import { bodyLimit } from "hono/body-limit";
import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { requireSameOrigin } from "../../auth/same-origin.ts";
import { AppError } from "../../errors.ts";
import type { AppEnv } from "../../routes/env.ts";

const MAX_FORM_BYTES = 64 * 1024;

/** Whatever the credential, and without one: nobody else's page may sign a visitor in, or act for who is signed in. */
const fromOurPages = createMiddleware<AppEnv>(async (c, next) => {
  requireSameOrigin(c.req.raw, c.get("context"));
  await next();
});

const smallForm = bodyLimit({
  maxSize: MAX_FORM_BYTES,
  onError: () => {
    throw new AppError("payload-too-large", `A form holds at most ${MAX_FORM_BYTES} bytes.`);
  },
});

/** For everything that a form of the console sends. */
export const ourForm = every(fromOurPages, smallForm);

/** A field's text; empty where it was not sent, or is a file. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A field's texts, where it may be sent several times. */
export function textsOf(value: unknown): string[] {
  return [value].flat().filter((text) => typeof text === "string");
}
