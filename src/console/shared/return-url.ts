import type { HonoRequest } from "hono";

/** An origin for paths of ours to be read by, whatever the real one is. */
export const HERE = "https://here.invalid";

/** Where to go on after signing in: a path of this origin, whatever was asked for; else the first page. */
export function safeReturnUrl(wanted: string | undefined): string {
  if (wanted === undefined || !wanted.startsWith("/") || /[\p{Cc}\\]/u.test(wanted)) return "/";
  if (!URL.canParse(wanted, HERE)) return "/";
  const { origin, pathname, search } = new URL(wanted, HERE);
  // "/.//elsewhere" becomes "//elsewhere", which a browser takes for a host.
  const isOurs = origin === HERE && !pathname.startsWith("//") && !/^\/sign-(?:in|out)(?:\/|$)/.test(pathname);
  return isOurs ? `${pathname}${search}` : "/";
}

/** The page where somebody is: the one that is asked for, or the one with the form that was sent. */
export function currentPage(request: HonoRequest): string {
  const url = request.method === "POST" ? (request.header("Referer") ?? "") : request.url;
  if (!URL.canParse(url)) return "/";
  const { pathname, search } = new URL(url);
  return safeReturnUrl(`${pathname}${search}`);
}

/** The way to the sign-in page, and from there back. */
export function signInUrl(request: HonoRequest): string {
  const back = currentPage(request);
  const url = new URL("/sign-in", HERE);
  if (back !== "/") url.searchParams.set("to", back);
  if (comesFromSignIn(request)) url.searchParams.set("unkept", "1");
  return `${url.pathname}${url.search}`;
}

/** Whether the visitor came back to the sign-in page straight from there. */
export function isUnkept(request: HonoRequest): boolean {
  return request.query("unkept") !== undefined;
}

/** A browser names the page with the form that was sent, also to the page that the form's answer redirects to. */
function comesFromSignIn(request: HonoRequest): boolean {
  const referrer = request.header("Referer") ?? "";
  return request.method !== "POST" && URL.canParse(referrer) && new URL(referrer).pathname === "/sign-in";
}
