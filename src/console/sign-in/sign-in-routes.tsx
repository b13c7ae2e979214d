import { type Context as HonoContext, Hono } from "hono";
import { findCredential } from "../../auth/credential.ts";
import { verifyReaderToken, authenticateReader } from "../../auth/reader-token.ts";
import { AppError } from "../../errors.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { ourForm, textOf } from "../shared/forms.ts";
import { renderPage } from "../shared/page-context.tsx";
import { forgetToken, keepToken, MOST_CHARACTERS, whyNotKept } from "./session-cookie.ts";
import { SignedInPage, SignInPage } from "./sign-in-page.tsx";
import { isUnkept, safeReturnUrl } from "../shared/return-url.ts";

const NOT_KEPT =
  "You are not signed in. If you have just sent a token, this browser has not kept the cookie X-Escape-Token: allow cookies " +
  "for this site.";

export const signIn = new Hono<AppEnv>()
  .get("/sign-in", async (c) => {
    const to = safeReturnUrl(c.req.query("to"));
    const credential = findCredential(c.req.raw);
    if (credential === undefined) return renderPage(c, <SignInPage to={to} notice={noticeOf(c)} />);
    const flaw = await flawOf(async () => {
      const { reader } = await authenticateReader(c.req.raw, c.get("context"));
      c.set("reader", reader);
    });
    if (flaw === undefined) return renderPage(c, <SignedInPage to={to} />);
    if (credential.source === "cookie") forgetToken(c);
    return renderPage(c, <SignInPage to={to} notice={flaw} />);
  })
  .post("/sign-in", ourForm, async (c) => {
    const form = await c.req.parseBody();
    const to = safeReturnUrl(textOf(form["to"]));
    const token = textOf(form["token"])
      .trim()
      .replace(/^Bearer\s+/i, "");
    const fault = whyNotKept(c) ?? (await keep(c, token));
    return fault === undefined ? c.redirect(to, 303) : renderPage(c, <SignInPage to={to} fault={fault} />, 422);
  })
  .post("/sign-out", ourForm, (c) => {
    forgetToken(c);
    return c.redirect("/sign-in", 303);
  });

/** What a visitor without a cookie has to know before they send their token. */
function noticeOf(c: HonoContext<AppEnv>): string | undefined {
  return whyNotKept(c) ?? (isUnkept(c.req) ? NOT_KEPT : undefined);
}

/** Keeps a good token; of a bad one says what is wrong with it. */
async function keep(c: HonoContext<AppEnv>, token: string): Promise<string | undefined> {
  if (token === "") return "Paste a token here.";
  if (token.length > MOST_CHARACTERS) {
    return `The token is ${token.length} characters long; a cookie holds ${MOST_CHARACTERS}. Ask for one with fewer groups.`;
  }
  const context = c.get("context");
  return flawOf(async () => {
    const { expiresAt } = await verifyReaderToken(token, context);
    const secondsLeft = Math.floor((expiresAt - context.now()) / 1000);
    if (secondsLeft <= 0) throw new AppError("unauthenticated", "The token has expired; get a new one."); // within the skew
    keepToken(c, token, secondsLeft);
  });
}

/** What is wrong with a credential; undefined where it is good. */
async function flawOf(tryIt: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await tryIt();
  } catch (error) {
    if (error instanceof AppError && error.code === "unauthenticated") return error.message;
    throw error;
  }
}
