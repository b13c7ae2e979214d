import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { AppError, wrongMethod } from "../errors.ts";
import type { AppEnv } from "../routes/env.ts";
import { observe } from "../routes/middleware/observe.ts";
import { deliveries } from "./deliveries/deliveries.ts";
import { event } from "./events/event.tsx";
import { answerFailure, onPageError } from "./frame/failure.tsx";
import { feed } from "./events/feed.tsx";
import { answerForEver } from "./frame/answer-for-ever.ts";
import { neverKept } from "./frame/never-kept.ts";
import { project } from "./projects/project.tsx";
import { reference } from "./reference/reference.tsx";
import { projects } from "./projects/projects.tsx";
import { lockedDown } from "./frame/security.ts";
import { signIn } from "./sign-in/sign-in.tsx";
import { subscriptionActions } from "./subscriptions/subscription-actions.tsx";
import { subscription } from "./subscriptions/subscription.tsx";
import { ICON, ICON_URL, STYLE_SHEET, STYLE_URL } from "./style/sheet.ts";

const base = new Hono<AppEnv>({ strict: false });

/** The console: an app of its own beside the API's, so that neither's description or types know of the other. */
export const pages = base
  .onError(onPageError)
  .notFound((c) => answerFailure(c, new AppError("not-found", "There is no page at this address.")))
  .use(requestId(), lockedDown, neverKept, observe) // locked down even where observing fails
  .use(methodNotAllowed({ app: base, onMethodNotAllowed: (c, methods) => answerFailure(c, wrongMethod(methods)) }))
  .get(STYLE_URL, (c) => answerForEver(c, "text/css; charset=utf-8", STYLE_SHEET))
  .get(ICON_URL, (c) => answerForEver(c, "image/svg+xml", ICON))
  .route("/", signIn)
  .route("/events", event)
  .route("/projects", projects)
  .route("/projects", project)
  .route("/deliveries", deliveries)
  .route("/", reference)
  .route("/projects", subscription)
  .route("/projects", subscriptionActions)
  .route("/", feed);
