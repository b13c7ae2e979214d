import { AsyncLocalStorage } from "node:async_hooks";
import type { Context as HonoContext } from "hono";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { findCredential } from "../../auth/credential.ts";
import { describeStorage, type StorageView } from "../../domain/archive/describe-storage.ts";
import { hasLog } from "../../domain/log/require-log.ts";
import type { AppEnv } from "../../http/app-env.ts";

export interface Visitor {
  name: string | undefined;
  /** False if a proxy sends the token, because the console cannot sign such a visitor out. */
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
  /** True if the service keeps a verifiable log. */
  hasLog: boolean;
  /** True if the visitor may see and change streams. */
  isOperator: boolean;
  /** Reads what operators see in the footer. Undefined if the visitor is not an operator. */
  describeStorage: (() => Promise<StorageView>) | undefined;
}

// hono/jsx has createContext for this, but it would add hono's browser renderer to the Worker, 40 KB.
const currentPage = new AsyncLocalStorage<PageContext>();

/** Runs `render`. Its components get `page` from `usePage`, even after an `await`. */
export function withPage<Result>(page: PageContext, render: () => Result): Result {
  return currentPage.run(page, render);
}

/** Works only inside a page that `renderPage` renders. */
export function usePage(): PageContext {
  const page = currentPage.getStore();
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
  return withPage(pageContextFor(c), () => c.html(<>{page}</>, status, headers));
}

function pageContextFor(c: HonoContext<AppEnv>): PageContext {
  return {
    now: "context" in c.var ? c.get("context").now() : Date.now(), // there is no context if a variable of the Worker is wrong
    url: new URL(c.req.url),
    visitor:
      "reader" in c.var
        ? { name: c.get("reader").name, maySignOut: findCredential(c.req.raw)?.source === "cookie" }
        : undefined,
    isOperator: "reader" in c.var && c.get("reader").isOperator,
    hasLog: "context" in c.var && hasLog(c.get("context").config),
    describeStorage:
      "reader" in c.var && c.get("reader").isOperator ? () => describeStorage(c.get("context")) : undefined,
  };
}
