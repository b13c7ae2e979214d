import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";

/**
 * The guard against cross-site request forgery, for requests whose credential is the cookie: the browser must say that
 * our own page sent it, by `Origin` or `Sec-Fetch-Site`, and neither may say otherwise. Our origin is that of
 * PUBLIC_URL, else that of the request.
 * @throws AppError `forbidden`
 */
export function requireSameOrigin({ method, url, headers }: Request, { config }: Pick<Context, "config">): void {
  if (method === "GET" || method === "HEAD") return;
  const signs = [
    { sent: headers.get("Origin"), ours: new URL(config.publicUrl ?? url).origin },
    { sent: headers.get("Sec-Fetch-Site"), ours: "same-origin" },
  ].filter(({ sent }) => sent !== null);
  if (signs.length === 0 || signs.some(({ sent, ours }) => sent !== ours)) {
    throw new AppError(
      "forbidden",
      "With a cookie, changes are accepted from this service's own pages only; elsewhere, send Authorization: Bearer TOKEN.",
    );
  }
}
