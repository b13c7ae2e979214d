import { Deadlines } from "./deadline.ts";
import { failureReason } from "./fetch-report.ts";
import { USER_AGENT, type Transport } from "./message.ts";
import { readPrefix } from "./response-body.ts";

/** Much longer than the response of any witness: an ML-DSA-44 cosignature has about 3.3 KB. */
const MAX_READ_BYTES = 64 * 1024;

/** The response of a witness, or the reason why there is none. */
export type WitnessReply =
  | { kind: "response"; status: number; contentType: string | null; body: string }
  | { kind: "no response"; reason: string };

/**
 * POSTs a text. Never throws. The timeout covers the body too. A body that is longer or slower than the limits is cut
 * off. A redirect is not followed.
 */
export async function askWitness(
  url: string,
  text: string,
  { fetch, timeoutSeconds }: Pick<Transport, "fetch" | "timeoutSeconds">,
): Promise<WitnessReply> {
  const deadline = new Deadlines().start(timeoutSeconds * 1000);
  const { signal } = deadline;
  const headers = { "content-type": "text/plain; charset=utf-8", "user-agent": USER_AGENT };
  try {
    const request = fetch(url, { method: "POST", headers, body: text, redirect: "manual", signal });
    const response = await deadline.race(request);
    const start = await readPrefix(response, MAX_READ_BYTES, deadline);
    const contentType = response.headers.get("content-type");
    return { kind: "response", status: response.status, contentType, body: new TextDecoder().decode(start) };
  } catch (error) {
    const reason = signal.aborted ? `no response within ${timeoutSeconds} s` : failureReason(error);
    return { kind: "no response", reason };
  } finally {
    deadline.end();
  }
}
