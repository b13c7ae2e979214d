/** Every way the service refuses, with the HTTP status and the title that RFC 9457 asks to be the same each time. */
export const PROBLEMS = {
  "invalid-request": { status: 400, title: "The request is not valid" },
  unauthenticated: { status: 401, title: "Credentials are missing or not accepted" },
  forbidden: { status: 403, title: "Not allowed" },
  "not-found": { status: 404, title: "Nothing to see here" },
  "method-not-allowed": { status: 405, title: "The method is not allowed here" },
  "not-acceptable": { status: 406, title: "None of the wanted forms is served" },
  conflict: { status: 409, title: "Its state does not allow this" },
  "precondition-failed": { status: 412, title: "The resource has changed since you read it" },
  "payload-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  "idempotency-conflict": { status: 422, title: "The idempotency key was used with another body" },
  misconfigured: { status: 500, title: "The service is not configured correctly" },
  internal: { status: 500, title: "Something went wrong on our side" },
  unavailable: { status: 503, title: "The service cannot answer right now" },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One fault of a request: where it is (`events.0.type`, `page_size`) and what would be right. */
export interface Fault {
  path: string;
  message: string;
}

interface Extras {
  faults?: Fault[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/** A refusal, thrown where it is known and rendered as problem+json in one place. `detail` is shown to the caller. */
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

/** A 405 that names what may be used. */
export function wrongMethod(methods: string[]): AppError {
  const allowed = methods.join(", ");
  return new AppError("method-not-allowed", `Here one may use ${allowed}.`, { headers: { Allow: allowed } });
}

/** How many faults an answer lists. */
const MAX_FAULTS = 100;

/** A 400 that names its faults, and how many more there are than it lists. */
export function invalidRequest(faults: Fault[]): AppError {
  const listed = faults.slice(0, MAX_FAULTS);
  const [first] = listed.map(({ path, message }) => (path === "" ? message : `${path} ${message}`));
  return new AppError("invalid-request", `${countOf(faults.length)}${first}`, { faults: listed });
}

function countOf(faults: number): string {
  if (faults === 1) return "";
  const where =
    faults <= MAX_FAULTS ? "listed in errors" : `the first ${MAX_FAULTS} in errors and ${faults - MAX_FAULTS} more`;
  return `There are ${faults} faults, ${where}. The first: `;
}
