import type { Context as HonoContext } from "hono";
import { type Child, createContext, useContext } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { findCredential } from "../../auth/credential.ts";
import type { AppEnv } from "../../http/app-env.ts";

export interface Visitor {
  name: string | undefined;
  /** False if a proxy sends the token: the console cannot sign such a visitor out. */
  maySignOut: boolean;
}

/** What every component of a page may read without a prop. */
export interface PageContext {
  /** Milliseconds since 1970. */
  now: number;
  /** The URL of the request. */
  url: URL;
  /** Undefined if the visitor is not signed in. */
  visitor: Visitor | undefined;
}

// hono/jsx keeps the values of each render apart in an AsyncLocalStorage, which needs `nodejs_compat`.
export const CurrentPage = createContext<PageContext | undefined>(undefined);

/** Only inside a page that `renderPage` renders. */
export function usePage(): PageContext {
  const page = useContext(CurrentPage);
  if (page === undefined) throw new Error("This component is rendered outside renderPage.");
  return page;
}

/** Responds with a page. Its components get the time, the URL and the visitor from `usePage`. */
export function renderPage(
  c: HonoContext<AppEnv>,
  page: Child,
  status: ContentfulStatusCode = 200,
  headers: Record<string, string> = {},
): Response | Promise<Response> {
  return c.html(<CurrentPage.Provider value={pageContextFor(c)}>{page}</CurrentPage.Provider>, status, headers);
}

function pageContextFor(c: HonoContext<AppEnv>): PageContext {
  return {
    now: "context" in c.var ? c.get("context").now() : Date.now(), // no context: a variable of the Worker is wrong
    url: new URL(c.req.url),
    visitor:
      "reader" in c.var
        ? { name: c.get("reader").name, maySignOut: findCredential(c.req.raw)?.source === "cookie" }
        : undefined,
  };
}
