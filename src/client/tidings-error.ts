import type { Problem } from "../schemas/problem.ts";
import { retryAfterSeconds } from "../lib/retry-after.ts";

interface Extras {
  status?: number;
  problem?: Problem | undefined;
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/** An answer that is not what was asked for, or none at all. */
export class TidingsError extends Error {
  override readonly name = "TidingsError";
  /** Of the answer. Absent where none came, or half of one. */
  readonly status: number | undefined;
  /** RFC 9457: why the service refused. Absent where something before it answered. */
  readonly problem: Problem | undefined;
  /** The answer's wish: not to be asked again before. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, { status, problem, retryAfterSeconds: seconds, cause }: Extras = {}) {
    super(message, { cause });
    this.status = status;
    this.problem = problem;
    this.retryAfterSeconds = seconds;
  }

  /** It may be well when asked again: no whole answer, 429, or a 5xx of a service that cannot answer right now. */
  get isPassing(): boolean {
    return this.status === undefined || this.status === 429 || this.status > 501;
  }
}

/** What an answer says that is neither a page nor "nothing new". */
export async function toTidingsError(url: string, response: Response): Promise<TidingsError> {
  const problem = problemOf(await response.text().catch(() => ""));
  return new TidingsError(problem?.detail ?? `${url} answered ${response.status} without saying why.`, {
    status: response.status,
    problem,
    retryAfterSeconds: retryAfterSeconds(response.headers.get("Retry-After"), Date.now()),
  });
}

function problemOf(text: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isProblem(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const { type, title, status, detail, instance } = value as Record<string, unknown>; // any object has named values
  return [type, title, detail, instance].every((text) => typeof text === "string") && typeof status === "number";
}
