import { html } from "hono/html";
import type { Child } from "hono/jsx";
import { ICON_URL, STYLE_SHEET_URL } from "../assets/style-sheets.ts";
import { usePage, type Visitor } from "./page-context.tsx";
import { StorageFooter } from "./storage-footer.tsx";
import { UserText } from "./untrusted-text.tsx";

interface LayoutProps {
  title: string;
  /** The current section in the navigation. */
  section?: (typeof SECTIONS)[number][0] | undefined;
  /** Added to the `head` element. */
  head?: Child;
  children?: Child;
}

const SECTIONS = [
  ["everything", "/", "Everything"],
  ["inventory", "/inventory", "Inventory"],
  ["state", "/project", "Projects"],
  ["subscriptions", "/projects", "Subscriptions"],
  ["log", "/log", "Log"],
  ["streams", "/streams", "Streams"],
] as const;

export function Layout({ title, section, head, children }: LayoutProps) {
  const { visitor } = usePage();
  return html`<!doctype html>${(
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{title} · Tidings</title>
          <link rel="stylesheet" href={STYLE_SHEET_URL} />
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
            {visitor && <Navigation section={section} />}
            {visitor && <VisitorMenu {...visitor} />}
          </header>
          <main id="content" tabindex={-1}>
            {children}
          </main>
          <footer>
            <a href="/docs">API reference</a>
            <StorageFooter />
          </footer>
        </body>
      </html>
    )}`;
}

function Navigation({ section }: Pick<LayoutProps, "section">) {
  const { hasLog, isOperator } = usePage();
  const isHidden = { log: !hasLog, streams: !isOperator } as Partial<Record<string, boolean>>;
  return (
    <nav aria-label="Main">
      <ul>
        {SECTIONS.filter(([name]) => isHidden[name] !== true).map(([name, href, text]) => (
          <li>
            <a href={href} {...(name === section && { "aria-current": "true" })}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function VisitorMenu({ name, maySignOut }: Visitor) {
  return (
    <div class="visitor">
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
          <button class="secondary">Sign out</button>
        </form>
      )}
    </div>
  );
}
