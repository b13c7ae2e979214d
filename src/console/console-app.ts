import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { AppError, wrongMethod } from "../errors.ts";
import { openContext, type AppEnv } from "../http/app-env.ts";
import { logRequests } from "../http/middleware/log-requests.ts";
import { deliveries } from "./deliveries/delivery-routes.ts";
import { event } from "./events/event-routes.tsx";
import { respondWithFailurePage, onPageError } from "./shared/failure.tsx";
import { feed } from "./events/feed-routes.tsx";
import { serveImmutable } from "./shared/serve-immutable.ts";
import { noStore } from "./shared/no-store.ts";
import { projects } from "./projects/project-routes.tsx";
import { reference } from "./reference/reference-routes.tsx";
import { securityHeaders } from "./shared/security-headers.ts";
import { signIn } from "./sign-in/sign-in-routes.tsx";
import { subscriptionActions } from "./subscriptions/subscription-action-routes.tsx";
import { subscriptionPages } from "./subscriptions/subscription-routes.tsx";
import { ICON, ICON_URL, STYLE_SHEET, STYLE_URL } from "./assets/style-sheet.ts";

const base = new Hono<AppEnv>({ strict: false });

/** The console: an app of its own beside the API's, so that neither's description or types know of the other. */
export const consoleApp = base
  .onError(onPageError)
  .notFound((c) => respondWithFailurePage(c, new AppError("not-found", "There is no page at this address.")))
  .use(requestId(), securityHeaders, noStore, openContext, logRequests) // secure headers also if opening the context fails
  .use(
    methodNotAllowed({
      app: base,
      onMethodNotAllowed: (c, methods) => respondWithFailurePage(c, wrongMethod(methods)),
    }),
  )
  .get(STYLE_URL, (c) => serveImmutable(c, "text/css; charset=utf-8", STYLE_SHEET))
  .get(ICON_URL, (c) => serveImmutable(c, "image/svg+xml", ICON))
  .route("/", signIn)
  .route("/events", event)
  .route("/projects", projects)
  .route("/deliveries", deliveries)
  .route("/", reference)
  .route("/projects", subscriptionPages)
  .route("/projects", subscriptionActions)
  .route("/", feed);
