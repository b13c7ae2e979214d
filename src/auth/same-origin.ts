import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";

/**
 * Protects requests with the cookie against cross-site request forgery (CSRF). The request must have `Origin` or
 * `Sec-Fetch-Site`, and each of the two that it has must name this service's origin. That is the origin of PUBLIC_URL
 * if it is set, and otherwise the origin of the request's URL.
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
