import type { hc } from "hono/client";
import type { App } from "../api/app.ts";

/** The service's routes as `hc` offers them. */
export type Routes = ReturnType<typeof hc<App>>;
