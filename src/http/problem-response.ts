import type { Context as HonoContext } from "hono";
import { AppError, PROBLEMS } from "../errors.ts";
import { writeJson } from "../lib/json-writer.ts";
import { errorFields } from "../lib/log.ts";
import type { Problem } from "../schemas/problem.ts";
import type { AppEnv } from "./app-env.ts";
import { NO_STORE } from "./caching-headers.ts";

/** Renders an error as problem+json, RFC 9457. No other function does. */
export function respondWithProblem(c: HonoContext<AppEnv>, error: AppError): Response {
  const { status, title } = PROBLEMS[error.code];
  const problem: Problem = {
    type: `urn:tidings:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    instance: c.get("requestId"),
    ...(status === 400 && { errors: error.faults }),
  };
  return c.body(writeJson(problem), status, {
    ...NO_STORE,
    ...error.headers,
    "Content-Type": "application/problem+json",
  });
}

/** The handler for hono's `onError`. */
export function onError(error: Error, c: HonoContext<AppEnv>): Response {
  return respondWithProblem(c, toAppError(error, c));
}

/** An unexpected error is logged and becomes `internal`. The caller does not see its message, which may contain SQL. */
export function toAppError(thrown: Error, c: HonoContext<AppEnv>): AppError {
  const error = unwrap(thrown);
  if (error instanceof AppError) {
    if (error.cause !== undefined)
      c.get("context").log({
        event: "request_failed",
        request_id: c.get("requestId"),
        code: error.code,
        ...errorFields(error.cause),
      });
    return error;
  }
  c.get("context").log({ event: "unexpected_error", request_id: c.get("requestId"), ...errorFields(error) });
  return new AppError(
    "internal",
    "An unexpected error occurred. To find it in the service's log, search for the ID in instance.",
  );
}

/** drizzle wraps the error of a query in its own error, which repeats the SQL and its parameters. */
function unwrap(error: Error): Error {
  return !(error instanceof AppError) && error.cause instanceof Error ? error.cause : error;
}
