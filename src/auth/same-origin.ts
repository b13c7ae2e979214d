import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";

/**
 * Protects against cross-site request forgery (CSRF), for requests whose credential is the cookie. `Origin` or
 * `Sec-Fetch-Site` must be there, and each that is there must name our origin: that of PUBLIC_URL, or else of the request.
 * @throws AppError `forbidden`
 */
export function requireSameOrigin({ method, url, headers }: Request, { config }: Pick<Context, "config">): void {
  if (method === "GET" || method === "HEAD") return;
  const origins = [
    { sent: headers.get("Origin"), ours: new URL(config.publicUrl ?? url).origin },
    { sent: headers.get("Sec-Fetch-Site"), ours: "same-origin" },
  ].filter(({ sent }) => sent !== null);
  if (origins.length === 0 || origins.some(({ sent, ours }) => sent !== ours)) {
    throw new AppError(
      "forbidden",
      "A request with a cookie can make changes only from a page of this service. Elsewhere, send Authorization: Bearer TOKEN.",
    );
  }
}
