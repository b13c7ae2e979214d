import type { Context as HonoContext } from "hono";
import { findCredential } from "../../auth/credential.ts";
import { type AppError, PROBLEMS } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { respondWithProblem, toAppError } from "../../http/problem.ts";
import { FailurePage } from "./failure-page.tsx";
import { renderPage } from "./page-context.tsx";
import { currentPage, signInUrl } from "./return-url.ts";

/** Hono's onError for the pages. */
export function onPageError(error: Error, c: HonoContext<AppEnv>) {
  return respondWithFailurePage(c, toAppError(error, c));
}

/** A page for who reads pages, a problem for all others; who is not signed in is asked to be. */
export function respondWithFailurePage(c: HonoContext<AppEnv>, error: AppError): Response | Promise<Response> {
  if (!/\btext\/html\b/i.test(c.req.header("Accept") ?? "")) return respondWithProblem(c, error);
  const source = findCredential(c.req.raw)?.source ?? "cookie";
  // What a proxy sends, signing in would not change: the first credential counts.
  if (error.code === "unauthenticated" && source === "cookie") return c.redirect(signInUrl(c.req), 303);
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  const isForm = c.req.method === "POST";
  const url = isForm ? undefined : new URL(c.req.url);
  const back = isForm ? currentPage(c.req) : "/";
  return renderPage(
    c,
    <FailurePage error={error} url={url} back={back} requestId={c.get("requestId")} />,
    PROBLEMS[error.code].status,
  );
}
