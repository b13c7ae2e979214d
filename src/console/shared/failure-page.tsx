import type { Context as HonoContext } from "hono";
import { findCredential } from "../../auth/credential.ts";
import { type AppError, PROBLEMS } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { respondWithProblem, toAppError } from "../../http/problem-response.ts";
import { Layout } from "./layout.tsx";
import { renderPage, usePage } from "./page-context.tsx";
import { isQueryError, QueryErrorForm } from "./query-error-form.tsx";
import { currentPage, signInUrl } from "./return-url.ts";
import { UserText } from "./untrusted-text.tsx";

/** Hono's onError for the console. */
export function onPageError(error: Error, c: HonoContext<AppEnv>) {
  return respondWithFailurePage(c, toAppError(error, c));
}

/**
 * Responds to browsers with an HTML page, and to other clients with problem+json. Without a session, redirects to sign
 * in.
 */
export function respondWithFailurePage(c: HonoContext<AppEnv>, error: AppError): Response | Promise<Response> {
  if (!/\btext\/html\b/i.test(c.req.header("Accept") ?? "")) return respondWithProblem(c, error);
  const source = findCredential(c.req.raw)?.source ?? "cookie";
  // A bad credential in a header comes from a proxy. It has priority over the cookie, so signing in would not help.
  if (error.code === "unauthenticated" && source === "cookie") return c.redirect(signInUrl(c.req), 303);
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  const isForm = c.req.method === "POST";
  return renderPage(
    c,
    <FailurePage
      error={error}
      isForm={isForm}
      backUrl={isForm ? currentPage(c.req) : "/"}
      requestId={c.get("requestId")}
    />,
    PROBLEMS[error.code].status,
  );
}

const TITLES: Partial<Record<AppError["code"], string>> = {
  "not-found": "Page not found",
  unauthenticated: "You are not signed in",
  forbidden: "You do not have access",
  conflict: "This is not possible now",
  unavailable: "Tidings is not available right now",
};

interface Failure {
  error: AppError;
  /** True if a form was sent, false if a page was requested. */
  isForm: boolean;
  backUrl: string;
  requestId: string;
}

function FailurePage({ error, isForm, backUrl, requestId }: Failure) {
  const title = TITLES[error.code] ?? PROBLEMS[error.code].title;
  return (
    <Layout title={title}>
      <section class="empty failure">
        <h1>{title}</h1>
        <Explanation error={error} isForm={isForm} />
        <p>
          <a href={backUrl}>{backUrl === "/" ? "Go to the newest events" : "Go back to the previous page"}</a>
        </p>
        <p class="muted">
          Request <code>{requestId}</code>
        </p>
      </section>
    </Layout>
  );
}

function Explanation({ error, isForm }: Pick<Failure, "error" | "isForm">) {
  const { url } = usePage();
  const seconds = error.headers["Retry-After"]; // people do not see headers
  if (seconds !== undefined) return <p>Try again in {seconds === "1" ? "1 second" : `${seconds} seconds`}.</p>;
  const { faults } = error;
  if (!isForm && isQueryError(url, faults)) return <QueryErrorForm faults={faults} />;
  if (faults.length === 0) {
    return (
      <p>
        <UserText text={error.message} />
      </p>
    );
  }
  return (
    <ul>
      {faults.map(({ path, message }) => (
        <li>
          <b>
            <UserText text={path} />
          </b>{" "}
          <UserText text={message} />
        </li>
      ))}
    </ul>
  );
}
