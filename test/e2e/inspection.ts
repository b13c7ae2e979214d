import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { check } from "../kit/check.ts";
import { tell } from "../kit/delivery-checks.ts";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SCHEMES = ["light", "dark"] as const;
const WIDTHS = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };

/** Looks at a page as it stands, in light and dark, wide and narrow; each is pictured where `folder` is given. */
export async function inspect(page: Page, name: string, folder: string | undefined): Promise<void> {
  await checkSteady(page, name);
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
  tell(`  ${name}: steady, accessible in light and dark, and fits from 360 px.`);
}

async function checkAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(AXE); // not by a script element: the page's policy lets none in
  const violations = await page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } };
    return (await axe.run({ runOnly: { type: "tag", values } })).violations;
  }, STANDARDS);
  const told = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map(({ html }) => html).join("\n    ")}`,
  );
  check(violations.length === 0, `Not accessible: ${where}\n  ${told.join("\n  ")}`);
}

async function checkFits(page: Page, where: string): Promise<void> {
  const over = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  check(over === 0, `Wider than the window by ${String(over)} px: ${where}`);
}

/** How much the page has moved by itself since it was opened; what follows a click is no shift. */
const SHIFT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const shifts = list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput);
    resolve(shifts.reduce((sum, { value }) => sum + value, 0));
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(0), 100); // where there was none, nobody is told
})`;

/** What nobody sees: a page is drawn as it comes in. Google calls up to 0.1 good (web.dev, "Cumulative Layout Shift"). */
const MOST_SHIFT = 0.005;

async function checkSteady(page: Page, name: string): Promise<void> {
  const shift = await page.evaluate<number>(SHIFT);
  check(shift <= MOST_SHIFT, `It moved by itself, by ${shift}: ${name}`);
}
