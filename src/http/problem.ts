import type { Context as HonoContext } from "hono";
import { AppError, PROBLEMS } from "../errors.ts";
import { writeJson } from "../lib/json-writer.ts";
import { errorFields } from "../lib/log.ts";
import type { Problem } from "../schemas/problem.ts";
import type { AppEnv } from "./app-env.ts";

/** The one place where a refusal becomes an answer: RFC 9457 problem+json. */
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
    "Cache-Control": "no-store",
    ...error.headers,
    "Content-Type": "application/problem+json",
  });
}

/** Hono's onError. */
export function onError(error: Error, c: HonoContext<AppEnv>): Response {
  return respondWithProblem(c, toAppError(error, c));
}

/** What may be told of an error. What nobody expected is logged, and told to nobody: its message may hold SQL. */
export function toAppError(thrown: Error, c: HonoContext<AppEnv>): AppError {
  const error = wrappedBy(thrown);
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
    "Nothing more can be told here; the instance names this request in the service's logs.",
  );
}

/** drizzle wraps what a query fails of in an error of its own, which repeats the SQL and its parameters. */
function wrappedBy(error: Error): Error {
  return !(error instanceof AppError) && error.cause instanceof Error ? error.cause : error;
}
