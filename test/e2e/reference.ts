import { auditor } from "../kit/auditor.ts";
import { print } from "../kit/output.ts";
import { ATTACKER } from "./history.ts";
import { enter, signIn, type Stage, type Visitor } from "./visitor.ts";

/** Reads the API reference with a session and tries an operation. Requests to other origins are aborted. */
export async function readReference(stage: Stage): Promise<void> {
  await using visitor = await enter(stage);
  const { page, look } = visitor;
  await page.route(
    ({ origin }) => origin !== stage.url,
    (route) => route.abort(),
  );
  await signIn(page, await stage.tokenOf(auditor));
  await page.getByRole("link", { name: "API reference" }).click();
  await page.waitForURL(`${stage.url}/docs`);
  await page.getByRole("link", { name: "openapi.json" }).waitFor();
  await tryTheListing(visitor);
  await page.getByRole("button", { name: "eventRecorded" }).first().click();
  await page.locator(".webhooks").getByText("webhook-signature").first().waitFor();
  const schemas = page.locator(".models");
  await schemas.getByRole("button", { name: "DeliveryHistory" }).first().click();
  await schemas.getByText("attempts").first().waitFor();
  await look("reference-schema", { awaitsResponse: true }); // still the same document, so this includes the layout shift of the response
  print("  Read the API reference and tried an operation.");
}

async function tryTheListing({ page, look }: Visitor): Promise<void> {
  const listing = page.locator("#operations-Events-listEvents");
  await listing.getByRole("button", { name: "All events" }).click();
  await listing.getByRole("cell", { name: "page_after" }).first().waitFor();
  await listing.getByText("A page of two, one of them restricted").first().waitFor({ state: "attached" });
  await look("reference");
  await listing.getByRole("button", { name: "Try it out" }).click();
  await listing.getByRole("button", { name: "Execute" }).click();
  await listing.locator("pre", { hasText: JSON.stringify(ATTACKER) }).waitFor();
  await look("reference-tried", { awaitsResponse: true });
}
