import { html } from "hono/html";
import type { Child } from "hono/jsx";
import { ICON_URL, STYLE_URL } from "../assets/style-sheet.ts";
import { usePage, type Visitor } from "./page-context.tsx";
import { UserText } from "./untrusted-text.tsx";

interface Frame {
  title: string;
  /** Where the page lies, for the navigation. */
  tree?: "everything" | "inventory" | "state" | "subscriptions" | undefined;
  /** More for the page's head. */
  head?: Child;
  children?: Child;
}

const TREES = [
  ["everything", "/", "Everything"],
  ["inventory", "/inventory", "Inventory"],
  ["state", "/project", "Projects"],
  ["subscriptions", "/projects", "Subscriptions"],
] as const;

/** What every page stands in. */
export function Layout({ title, tree, head, children }: Frame) {
  const { visitor } = usePage();
  return html`<!doctype html>${(
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{title} · Tidings</title>
          <link rel="stylesheet" href={STYLE_URL} />
          <link rel="icon" href={ICON_URL} type="image/svg+xml" />
          {head}
        </head>
        <body>
          <a class="skip" href="#content">
            Skip to the content
          </a>
          <header>
            <a class="brand" href="/">
              Tidings
            </a>
            {visitor && <Navigation tree={tree} />}
            {visitor && <WhoIsThere {...visitor} />}
          </header>
          <main id="content" tabindex={-1}>
            {children}
          </main>
          <footer>
            <a href="/docs">API reference</a>
          </footer>
        </body>
      </html>
    )}`;
}

function Navigation({ tree }: Pick<Frame, "tree">) {
  return (
    <nav aria-label="Main">
      <ul>
        {TREES.map(([name, href, text]) => (
          <li>
            <a href={href} {...(name === tree && { "aria-current": "true" })}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function WhoIsThere({ name, maySignOut }: Visitor) {
  return (
    <div class="who">
      {name !== undefined && (
        <span>
          Signed in as{" "}
          <b>
            <UserText text={name} />
          </b>
        </span>
      )}
      {maySignOut && (
        <form method="post" action="/sign-out">
          <button class="quiet">Sign out</button>
        </form>
      )}
    </div>
  );
}
