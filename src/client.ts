import { hc } from "hono/client";
import type { App } from "./app.ts";

/** A typed client of a Tidings service: `tidings("https://…", token).api.v1.events.query.$get({ query: {} })`. */
export function tidings(baseUrl: string, token: string) {
  return hc<App>(baseUrl, { headers: { Authorization: `Bearer ${token}` } });
}
