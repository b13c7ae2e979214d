import { expect } from "vitest";
import { Problem } from "../../src/schemas/problem.ts";

/** Returns the problem in a response, in the form of all problems (RFC 9457, with the request's ID). */
export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  const problem = Problem.parse(await response.json());
  expect(problem).toMatchObject({ status: response.status, instance: response.headers.get("X-Request-Id") });
  return problem;
}
