import { Hono } from "hono";
import { Fragment, jsx } from "hono/jsx";
import { renderToReadableStream, Suspense } from "hono/jsx/streaming";
import { describe, expect, it } from "vitest";
import { type PageContext, renderPage, usePage, withPage } from "../../src/console/shared/page-context.tsx";
import type { AppEnv } from "../../src/http/app-env.ts";

const VISITORS = Array.from({ length: 20 }, (_, index) => `visitor ${index}`);

describe("a page's context", () => {
  it("stays with its own render while others run, before and after each waits", async () => {
    const gate = aGate(VISITORS.length);
    const app = new Hono<AppEnv>().get("/:name", (c) => {
      c.set("reader", { name: c.req.param("name"), groups: [], isAuditor: false, isOperator: false, expiresAt: 0 });
      return renderPage(c, jsx("p", {}, jsx(Path, {}), jsx(Late, { gate }), jsx(Path, {})));
    });
    const pages = await Promise.all(
      VISITORS.map(async (name) => (await app.request(`/${encodeURIComponent(name)}`)).text()),
    );
    expect(pages).toEqual(
      VISITORS.map((name) => `<p>/${encodeURIComponent(name)}${name}, ${name}/${encodeURIComponent(name)}</p>`),
    );
  });

  it("stays with its own render while others are streamed", async () => {
    const gate = aGate(VISITORS.length);
    const pages = await Promise.all(VISITORS.map(async (name) => new Response(streamOf(name, gate)).text()));
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`visitor ${index}, visitor ${index}`);
      expect(page.match(/visitor \d+/g)).toEqual([`visitor ${index}`, `visitor ${index}`]);
    }
  });

  it("is not left behind by a render that failed", async () => {
    const page = { ...aPage("ada"), visitor: undefined };
    const broken = jsx(() => {
      throw new Error("broken");
    }, {});
    expect(() => withPage(page, () => broken.toString())).toThrow("broken");
    expect(() => jsx(Path, {}).toString()).toThrow("outside renderPage");
  });
});

interface Gate {
  pass: () => Promise<void>;
}

/** Opens when `count` renders wait at it. The last one to arrive continues first. */
function aGate(count: number): Gate {
  const waiting: (() => void)[] = [];
  return {
    pass: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === count) for (const goOn of waiting.toReversed()) goOn();
      }),
  };
}

function aPage(name: string): PageContext {
  return {
    now: 0,
    url: new URL("https://tidings.example/"),
    visitor: { name, maySignOut: true },
    hasLog: false,
    isOperator: false,
    describeStorage: undefined,
  };
}

function Path() {
  return usePage().url.pathname;
}

async function Late({ gate }: { gate: Gate }) {
  const before = usePage().visitor?.name;
  await gate.pass();
  return jsx(Fragment, {}, `${before}, `, jsx(Name, {}));
}

function Name() {
  return usePage().visitor?.name ?? "";
}

function streamOf(name: string, gate: Gate): ReadableStream {
  const late = jsx(Suspense, { fallback: "…" }, jsx(Late, { gate }));
  return withPage(aPage(name), () => renderToReadableStream(late));
}
