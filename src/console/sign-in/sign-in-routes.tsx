import { type Context as HonoContext, Hono } from "hono";
import { findCredential } from "../../auth/credential.ts";
import { verifyReaderToken, authenticateReader } from "../../auth/reader-token.ts";
import { AppError } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { consoleForm, fieldText } from "../shared/forms.ts";
import { renderPage } from "../shared/page-context.tsx";
import { deleteSessionCookie, setSessionCookie, MAX_TOKEN_LENGTH, cookieRefusalReason } from "./session-cookie.ts";
import { SignedInPage, SignInPage } from "./sign-in-page.tsx";
import { isCookieMissing, safeReturnUrl } from "../shared/return-url.ts";

const COOKIE_NOT_KEPT =
  "You are not signed in. If you have just sent a token, this browser did not keep the cookie X-Escape-Token. Allow " +
  "cookies for this site.";

export const signInRoutes = new Hono<AppEnv>()
  .get("/sign-in", async (c) => {
    const to = safeReturnUrl(c.req.query("to"));
    const credential = findCredential(c.req.raw);
    if (credential === undefined) return renderPage(c, <SignInPage to={to} notice={signInNotice(c)} />);
    const fault = await faultIn(async () => {
      const { reader } = await authenticateReader(c.req.raw, c.get("context"));
      c.set("reader", reader);
    });
    if (fault === undefined) return renderPage(c, <SignedInPage to={to} />);
    if (credential.source === "cookie") deleteSessionCookie(c);
    return renderPage(c, <SignInPage to={to} notice={fault} />);
  })
  .post("/sign-in", consoleForm, async (c) => {
    const form = await c.req.parseBody();
    const to = safeReturnUrl(fieldText(form["to"]));
    const token = fieldText(form["token"])
      .trim()
      .replace(/^Bearer\s+/i, "");
    const fault = cookieRefusalReason(c) ?? (await acceptToken(c, token));
    return fault === undefined ? c.redirect(to, 303) : renderPage(c, <SignInPage to={to} fault={fault} />, 422);
  })
  .post("/sign-out", consoleForm, (c) => {
    deleteSessionCookie(c);
    return c.redirect("/sign-in", 303);
  });

/** Returns why signing in cannot work or has not worked, or undefined. */
function signInNotice(c: HonoContext<AppEnv>): string | undefined {
  return cookieRefusalReason(c) ?? (isCookieMissing(c.req) ? COOKIE_NOT_KEPT : undefined);
}

/** Sets the cookie, or returns what is wrong with the token. */
async function acceptToken(c: HonoContext<AppEnv>, token: string): Promise<string | undefined> {
  if (token === "") return "Enter a token.";
  if (token.length > MAX_TOKEN_LENGTH) {
    return `The token has ${token.length} characters; a cookie holds at most ${MAX_TOKEN_LENGTH}. Use a token with fewer groups.`;
  }
  const context = c.get("context");
  return faultIn(async () => {
    const { expiresAt } = await verifyReaderToken(token, context);
    const secondsLeft = Math.floor((expiresAt - context.now()) / 1000);
    if (secondsLeft <= 0) throw new AppError("unauthenticated", "The token has expired; get a new one."); // `verifyReaderToken` still accepts it, because clocks may differ
    setSessionCookie(c, token, secondsLeft);
  });
}

/** The message of an `unauthenticated` error; undefined if `attempt` succeeds. */
async function faultIn(attempt: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof AppError && error.code === "unauthenticated") return error.message;
    throw error;
  }
}
