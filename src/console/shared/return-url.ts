import type { HonoRequest } from "hono";

/** A base for parsing the console's own paths; the real origin does not matter. */
export const ANY_ORIGIN = "https://here.invalid";

/** The guard against open redirects: a path of this origin that is not a sign-in page, or "/" for any other URL. */
export function safeReturnUrl(requested: string | undefined): string {
  if (requested === undefined || !requested.startsWith("/") || /[\p{Cc}\\]/u.test(requested)) return "/";
  if (!URL.canParse(requested, ANY_ORIGIN)) return "/";
  const { origin, pathname, search } = new URL(requested, ANY_ORIGIN);
  // "/.//elsewhere" becomes "//elsewhere", which a browser reads as a host.
  const isSafe = origin === ANY_ORIGIN && !pathname.startsWith("//") && !/^\/sign-(?:in|out)(?:\/|$)/.test(pathname);
  return isSafe ? `${pathname}${search}` : "/";
}

/** The page that the visitor is on: the requested page, or the page with the form that they sent. */
export function currentPage(request: HonoRequest): string {
  const url = request.method === "POST" ? (request.header("Referer") ?? "") : request.url;
  if (!URL.canParse(url)) return "/";
  const { pathname, search } = new URL(url);
  return safeReturnUrl(`${pathname}${search}`);
}

/** The sign-in page, which leads back to the current page afterwards. */
export function signInUrl(request: HonoRequest): string {
  const back = currentPage(request);
  const url = new URL("/sign-in", ANY_ORIGIN);
  if (back !== "/") url.searchParams.set("to", back);
  if (comesFromSignIn(request)) url.searchParams.set(COOKIE_MISSING, "1");
  return `${url.pathname}${url.search}`;
}

const COOKIE_MISSING = "cookie_missing";

/** True if the visitor signed in and came back without the cookie, because the browser did not keep it. */
export function isCookieMissing(request: HonoRequest): boolean {
  return request.query(COOKIE_MISSING) !== undefined;
}

/** After a redirect in response to a form, browsers send the page of the form as `Referer`. */
function comesFromSignIn(request: HonoRequest): boolean {
  const referrer = request.header("Referer") ?? "";
  return request.method !== "POST" && URL.canParse(referrer) && new URL(referrer).pathname === "/sign-in";
}
