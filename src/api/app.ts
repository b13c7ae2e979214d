import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { AppError, wrongMethod } from "../errors.ts";
import { createEvent } from "./create-event.ts";
import { deliveries } from "./deliveries.ts";
import { openContext, type AppEnv } from "../http/app-env.ts";
import { events } from "./events.ts";
import { health } from "./health.ts";
import { allowOrigins } from "../http/middleware/cors.ts";
import { logRequests } from "../http/middleware/log-requests.ts";
import { openapi } from "./openapi-route.ts";
import { respondWithProblem, onError } from "../http/problem-response.ts";
import { streams } from "./streams.ts";
import { subscriptions } from "./subscriptions.ts";
import { verifiableLog } from "./verifiable-log.ts";

const base = new Hono<AppEnv>({ strict: false }); // each path works with and without a trailing slash

export const app = base
  .onError(onError)
  .notFound((c) => respondWithProblem(c, new AppError("not-found", "This service has no such path.")))
  .use(requestId(), openContext, logRequests)
  .use("/api/*", allowOrigins)
  .use("/log/*", allowOrigins)
  .use(methodNotAllowed({ app: base, onMethodNotAllowed: (c, methods) => respondWithProblem(c, wrongMethod(methods)) }))
  .route("/health", health)
  .route("/openapi.json", openapi)
  .route("/internal", createEvent)
  .route("/api/v1/events/subscriptions", subscriptions)
  .route("/api/v1/events/streams", streams)
  .route("/api/v1/events/deliveries", deliveries)
  .route("/api/v1/events", events)
  .route("/log", verifiableLog);

/** The type for `hc`, hono's typed client. */
export type App = typeof app;
