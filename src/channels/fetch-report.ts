import type { Deadline } from "./deadline.ts";
import type { Transport } from "./message.ts";

/** The part of a response's body that is read. */
export const MAX_READ_BYTES = 64 * 1024;
const MAX_KEPT_BYTES = 1024;
/** The time for the body after the headers. A slower body is cut off. */
const BODY_TIMEOUT_MS = 1000;

/** The request got no response. */
interface NoResponse {
  outcome: { kind: "retry"; reason: string };
  timedOut: boolean;
}

/**
 * Sends a request, and lets `toReport` read the response. The timeout is for connecting and for the headers. The body
 * gets BODY_TIMEOUT_MS more. A redirect is not followed. Never rejects: a failure of `toReport` counts as a lost connection.
 */
export async function fetchReport<Report>(
  url: string,
  init: RequestInit,
  { fetch, timeoutSeconds, deadlines }: Pick<Transport, "fetch" | "timeoutSeconds" | "deadlines">,
  toReport: (response: Response, deadline: Deadline) => Promise<Report>,
): Promise<Report | NoResponse> {
  const deadline = deadlines.start(timeoutSeconds * 1000);
  const { signal } = deadline;
  try {
    const response = await deadline.race(fetch(url, { ...init, redirect: "manual", signal }));
    deadline.restart(BODY_TIMEOUT_MS);
    return await toReport(response, deadline);
  } catch (error) {
    const timedOut = signal.aborted;
    const reason = timedOut ? `no response within ${timeoutSeconds} s` : failureReason(error);
    return { outcome: { kind: "retry", reason }, timedOut };
  } finally {
    deadline.end();
  }
}

/** Hides the runtime's own message, which may contain the URL. */
export function failureReason(error: unknown): string {
  const isTls = error instanceof Error && /\b(?:tls|ssl|certificate)\b/i.test(error.message);
  return isTls ? "no TLS connection could be made" : "could not connect, or the connection was lost";
}

/** The first KiB of a response's body as text, if there is any. */
export function responseText(start: Uint8Array): { response?: string } {
  // `stream` drops the last character if the limit cuts it in two.
  const response = new TextDecoder().decode(start.subarray(0, MAX_KEPT_BYTES), { stream: true });
  return response === "" ? {} : { response };
}
