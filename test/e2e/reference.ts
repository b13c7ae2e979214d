import type { Page } from "playwright-core";
import { ATTACKER } from "./history.ts";

/** Reads the API reference, as who is signed in, and tries an operation out. Nothing but the service can be reached. */
export async function readReference(
  page: Page,
  look: (name: string) => Promise<void> | undefined,
  isScripted: boolean,
): Promise<void> {
  const { origin } = new URL(page.url());
  await page.route(
    (url) => url.origin !== origin,
    (route) => route.abort(),
  );
  await page.getByRole("link", { name: "API reference" }).click();
  await page.waitForURL(`${origin}/docs`);
  await page.getByRole("link", { name: "openapi.json" }).waitFor();
  if (!isScripted) return; // Chromium that is told to run no script shows no noscript either
  await tryTheListing(page, look);
  await page.getByRole("button", { name: "eventRecorded" }).first().click();
  await page.locator(".webhooks").getByText("webhook-signature").first().waitFor();
  const schemas = page.locator(".models");
  await schemas.getByRole("button", { name: "DeliveryHistory" }).first().click();
  await schemas.getByText("attempts").first().waitFor();
  await look("reference-schema");
}

async function tryTheListing(page: Page, look: (name: string) => Promise<void> | undefined): Promise<void> {
  const listing = page.locator("#operations-Events-listEvents");
  await listing.getByRole("button", { name: "All events" }).click();
  await listing.getByRole("cell", { name: "page_after" }).first().waitFor();
  await listing.getByText("A page of two, one of them restricted").first().waitFor({ state: "attached" });
  await look("reference");
  await listing.getByRole("button", { name: "Try it out" }).click();
  await listing.getByRole("button", { name: "Execute" }).click();
  await listing.locator("pre", { hasText: JSON.stringify(ATTACKER) }).waitFor();
  await look("reference-tried");
}
