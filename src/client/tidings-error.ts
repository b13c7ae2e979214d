import { retryAfterSeconds } from "../lib/retry-after.ts";
import type { Problem } from "../schemas/problem.ts";

const MAX_BODY_CHARACTERS = 64 * 1024;
const MAX_BODY_MS = 5_000;

interface Details {
  status?: number;
  problem?: Problem | undefined;
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/**
 * A failed request. The response was an error of the service or of another program, or there was no response.
 *
 * @example
 * try {
 *   for await (const event of events("everything")) console.log(event.id);
 * } catch (error) {
 *   if (error instanceof TidingsError && error.status === 401) signIn();
 *   else throw error;
 * }
 */
export class TidingsError extends Error {
  override readonly name = "TidingsError";
  /** The HTTP status. Undefined if there was no response, or an incomplete one. */
  readonly status: number | undefined;
  /** The service's description of the error, RFC 9457. Undefined if another program responded, such as a proxy. */
  readonly problem: Problem | undefined;
  /** From `Retry-After`: the seconds to wait before the next request. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, { status, problem, retryAfterSeconds: seconds, cause }: Details = {}) {
    super(message, { cause });
    this.status = status;
    this.problem = problem;
    this.retryAfterSeconds = seconds;
  }

  /** True if the same request may succeed later: there was no complete response, or the status is 429 or above 501. */
  get isTransient(): boolean {
    return this.status === undefined || this.status === 429 || this.status > 501;
  }
}

/** The error for a response that is neither a 200 nor a 304. */
export async function toTidingsError(url: string, response: Response): Promise<TidingsError> {
  const problem = parseProblem(await readPrefix(response.body));
  return new TidingsError(problem?.detail ?? `${url} returned ${response.status} without a problem document.`, {
    status: response.status,
    problem,
    retryAfterSeconds: retryAfterSeconds(response.headers.get("Retry-After"), Date.now()),
  });
}

/** Reads the first 64 Ki characters that arrive within 5 s. A body without an end must not delay the retry. */
async function readPrefix(body: Response["body"]): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined); // also ends a pending read
  const timer = setTimeout(cancel, MAX_BODY_MS);
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < MAX_BODY_CHARACTERS) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // An interrupted body has no complete problem document.
  } finally {
    clearTimeout(timer);
    cancel();
  }
  return text;
}

function parseProblem(text: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isProblem(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const { type, title, status, detail, instance } = value as Record<string, unknown>; // every object has keys
  return [type, title, detail, instance].every((text) => typeof text === "string") && typeof status === "number";
}
