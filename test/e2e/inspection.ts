import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { check } from "../kit/check.ts";
import { print } from "../kit/output.ts";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SCHEMES = ["light", "dark"] as const;
const WIDTHS = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };

export interface Look {
  /**
   * For a page that shows the response to a click: browsers count a shift as the page's own if the response comes more
   * than 500 ms after the click.
   */
  awaitsResponse?: boolean;
}

/** Checks a page in light and dark, wide and narrow. With `folder`, saves a screenshot of each. */
export async function inspect(
  page: Page,
  name: string,
  folder: string | undefined,
  { awaitsResponse = false }: Look = {},
): Promise<void> {
  if (!awaitsResponse) await checkNoLayoutShift(page, name);
  for (const [device, size] of Object.entries(WIDTHS)) {
    for (const colorScheme of SCHEMES) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      const where = `${name}, ${device}, ${colorScheme}`;
      await checkAccessible(page, where);
      await checkFits(page, where);
      if (folder === undefined) continue;
      await mkdir(folder, { recursive: true });
      await page.screenshot({ path: path.join(folder, `${name}-${device}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize(WIDTHS.desktop);
  print(`  ${name}: ${awaitsResponse ? "" : "no layout shift, "}accessible in light and dark, fits 360 px.`);
}

async function checkAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(AXE); // a script element would be blocked by the page's policy
  const violations = await page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } };
    return (await axe.run({ runOnly: { type: "tag", values } })).violations;
  }, STANDARDS);
  const details = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map(({ html }) => html).join("\n    ")}`,
  );
  check(violations.length === 0, `Not accessible: ${where}\n  ${details.join("\n  ")}`);
}

async function checkFits(page: Page, where: string): Promise<void> {
  const over = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  check(over === 0, `Wider than the window by ${String(over)} px: ${where}`);
}

/** The cumulative layout shift since the page was opened, without shifts that follow an input. */
const SHIFT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const shifts = list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput);
    resolve(shifts.reduce((sum, { value }) => sum + value, 0));
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(0), 100); // without a shift, the observer is never called
})`;

/**
 * The maximum shift, which nobody can see. It is not 0, because pages are drawn while they load. A shift of up to 0.1
 * is good (web.dev, "Cumulative Layout Shift").
 */
const MAX_SHIFT = 0.005;

async function checkNoLayoutShift(page: Page, name: string): Promise<void> {
  const shift = await page.evaluate<number>(SHIFT);
  check(shift <= MAX_SHIFT, `The layout shifted by ${shift}: ${name}`);
}
