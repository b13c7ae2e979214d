import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { AppError, wrongMethod } from "./errors.ts";
import { createEvent } from "./routes/create-event.ts";
import { deliveries } from "./routes/deliveries.ts";
import type { AppEnv } from "./routes/env.ts";
import { events } from "./routes/events.ts";
import { health } from "./routes/health.ts";
import { allowOrigins } from "./routes/middleware/cors.ts";
import { observe } from "./routes/middleware/observe.ts";
import { openapi } from "./routes/openapi.ts";
import { answerProblem, onError } from "./routes/problem.ts";
import { subscriptions } from "./routes/subscriptions.ts";

const base = new Hono<AppEnv>({ strict: false }); // every path works with and without its trailing slash

export const app = base
  .onError(onError)
  .notFound((c) => answerProblem(c, new AppError("not-found", "There is nothing at this path.")))
  .use(requestId(), observe)
  .use("/api/*", allowOrigins)
  .use(methodNotAllowed({ app: base, onMethodNotAllowed: (c, methods) => answerProblem(c, wrongMethod(methods)) }))
  .route("/health", health)
  .route("/openapi.json", openapi)
  .route("/internal", createEvent)
  .route("/api/v1/events/subscriptions", subscriptions)
  .route("/api/v1/events/deliveries", deliveries)
  .route("/api/v1/events", events);

/** For `hc`, hono's typed client. */
export type App = typeof app;
