/**
 * The codes of problems, with HTTP status and title. RFC 9457 §3.1.3: the title does not change from one response to
 * another.
 */
export const PROBLEMS = {
  "invalid-request": { status: 400, title: "The request is not valid" },
  unauthenticated: { status: 401, title: "Credentials are missing or not accepted" },
  forbidden: { status: 403, title: "Not allowed" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  "not-acceptable": { status: 406, title: "Not acceptable" },
  conflict: { status: 409, title: "Conflict with the current state" },
  "precondition-failed": { status: 412, title: "The resource has changed since you read it" },
  "payload-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  "idempotency-conflict": { status: 422, title: "The idempotency key was used with another body" },
  misconfigured: { status: 500, title: "The service is not configured correctly" },
  internal: { status: 500, title: "Internal server error" },
  unavailable: { status: 503, title: "Service unavailable" },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One error in a request: the path of the wrong value (`events.0.type`, `page_size`), and what would be right. */
export interface Fault {
  path: string;
  message: string;
}

interface Extras {
  faults?: Fault[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error for the caller, who sees `detail`. src/http/problem-response.ts renders it as problem+json. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ProblemCode;
  readonly faults: Fault[];
  readonly headers: Record<string, string>;

  constructor(code: ProblemCode, detail: string, { faults = [], headers = {}, cause }: Extras = {}) {
    super(detail, { cause });
    this.code = code;
    this.faults = faults;
    this.headers = headers;
  }
}

/** A 405 that lists the allowed methods. */
export function wrongMethod(methods: string[]): AppError {
  const allowed = methods.join(", ");
  return new AppError("method-not-allowed", `This path allows ${joinWords(methods)}.`, { headers: { Allow: allowed } });
}

/** "GET, HEAD and POST" */
function joinWords(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A response lists at most this many faults. */
const MAX_FAULTS = 100;

/** A 400 that lists the faults, but not more than `MAX_FAULTS`, and gives their total number. */
export function invalidRequest(faults: Fault[]): AppError {
  const listed = faults.slice(0, MAX_FAULTS);
  const [first] = listed.map(({ path, message }) => (path === "" ? message : `${path} ${message}`));
  return new AppError("invalid-request", `${describeCount(faults.length)}${first}`, { faults: listed });
}

function describeCount(faults: number): string {
  if (faults === 1) return "";
  const listed = faults <= MAX_FAULTS ? ", listed in errors" : `; errors lists the first ${MAX_FAULTS}`;
  return `The request has ${faults} faults${listed}. The first: `;
}
