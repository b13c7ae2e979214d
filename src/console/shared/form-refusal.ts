import type { Context as HonoContext } from "hono";
import { AppError, PROBLEMS, type Fault } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { formFaults } from "./form-faults.tsx";

/** The status of a page that shows the result of a form. */
export type PageStatus = 200 | (typeof PROBLEMS)[keyof typeof PROBLEMS]["status"];

/**
 * The faults that the form shows. Adds the error's headers to the response. Throws the error if it is not about the
 * form.
 */
export function toFormRefusal(c: HonoContext<AppEnv>, error: unknown): { refusal: AppError; faults: Fault[] } {
  if (!(error instanceof AppError)) throw error;
  const faults = formFaults(error);
  if (faults === undefined) throw error;
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  return { refusal: error, faults };
}

/**
 * RFC 9110 §15.5.21: a form with invalid values is well-formed, so its status is 422. The API responds to the same
 * error with a 400.
 */
export function statusFor({ code }: AppError) {
  return code === "invalid-request" ? 422 : PROBLEMS[code].status;
}
