import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { AppError, wrongMethod } from "../errors.ts";
import { openContext, type AppEnv } from "../http/app-env.ts";
import { logRequests } from "../http/middleware/log-requests.ts";
import { deliveryRoutes } from "./deliveries/delivery-routes.ts";
import { eventRoutes } from "./events/event-routes.tsx";
import { onPageError, respondWithFailurePage } from "./shared/failure-page.tsx";
import { feedRoutes } from "./events/feed-routes.tsx";
import { noStore, serveImmutable } from "./shared/caching.ts";
import { logRoutes } from "./log/log-routes.tsx";
import { projects } from "./projects/project-routes.tsx";
import { referenceRoutes } from "./reference/reference-routes.tsx";
import { securityHeaders } from "./shared/security-headers.ts";
import { signInRoutes } from "./sign-in/sign-in-routes.tsx";
import { STREAMS_URL } from "./shared/page-urls.ts";
import { streamActions } from "./streams/stream-action-routes.tsx";
import { streamPages } from "./streams/stream-routes.tsx";
import { subscriptionActions } from "./subscriptions/subscription-action-routes.tsx";
import { subscriptionPages } from "./subscriptions/subscription-routes.tsx";
import { ICON, ICON_URL, STYLE_SHEET, STYLE_SHEET_URL } from "./assets/style-sheets.ts";

const base = new Hono<AppEnv>({ strict: false });

/** The console is an app of its own, so that its routes appear neither in the API's client types nor in openapi.json. */
export const consoleApp = base
  .onError(onPageError)
  .notFound((c) => respondWithFailurePage(c, new AppError("not-found", "There is no page at this URL.")))
  .use(requestId(), securityHeaders, noStore, openContext, logRequests) // first, so that errors of openContext have the headers too
  .use(
    methodNotAllowed({
      app: base,
      onMethodNotAllowed: (c, methods) => respondWithFailurePage(c, wrongMethod(methods)),
    }),
  )
  .get(STYLE_SHEET_URL, (c) => serveImmutable(c, "text/css; charset=utf-8", STYLE_SHEET))
  .get(ICON_URL, (c) => serveImmutable(c, "image/svg+xml", ICON))
  .route("/", signInRoutes)
  .route("/events", eventRoutes)
  .route("/", logRoutes)
  .route("/projects", projects)
  .route("/deliveries", deliveryRoutes)
  .route("/", referenceRoutes)
  .route("/projects", subscriptionPages)
  .route("/projects", subscriptionActions)
  .route(STREAMS_URL, streamPages)
  .route(STREAMS_URL, streamActions)
  .route("/", feedRoutes);
