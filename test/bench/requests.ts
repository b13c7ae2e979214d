import { signReaderToken } from "../../scripts/reader-token.ts";
import { team } from "./sample-events.ts";

/** A loopback address, because the service does not use the edge cache there. */
const ORIGIN = "http://localhost";

/** Returns the same request each time. It has no body, so it can be sent again. */
export async function reading(env: Env, path: string, groups: number, headers: Record<string, string> = {}) {
  const teams = Array.from({ length: groups }, (_, number) => team(number));
  const token = await signReaderToken({ JWT_SECRET: env.JWT_SECRET }, { user: "ada", groups: teams });
  const request = new Request(`${ORIGIN}${path}`, { headers: { Authorization: `Bearer ${token}`, ...headers } });
  return () => request;
}

export function recording(env: Env, events: object[]): () => Request {
  const body = JSON.stringify(events.length === 1 ? events[0] : events);
  const headers = {
    Authorization: `Bearer ${env.INTERNAL_TOKEN}`,
    "Content-Type": "application/json",
    "Content-Length": String(body.length), // as in a request over the network
  };
  return () => new Request(`${ORIGIN}/internal/create-event`, { method: "POST", headers, body });
}
