import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { Page } from "playwright-core";
import { check } from "../kit/check.ts";
import { print } from "../kit/output.ts";

const MAX_BYTES = 30_000;

/** Checks the bytes on the wire of a first view: the page, its style sheet and its icon. */
export async function weigh(page: Page): Promise<void> {
  const links = page.locator("head link");
  const parts = await links.evaluateAll((all) => all.map((link) => (link as unknown as { href: string }).href));
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const sizes = await Promise.all([page.url(), ...parts].map((url) => bytesOf(url, cookies)));
  const sum = sizes.reduce((all, more) => all + more);
  check(sum < MAX_BYTES, `The first view has ${sum} bytes.`);
  print(`  The first view has ${(sum / 1000).toFixed(1)} KB with style sheet and icon.`);
}

/** The size before decompression; `fetch` would decompress the body. */
async function bytesOf(url: string, cookies: string): Promise<number> {
  const headers = { "Accept-Encoding": "gzip", Accept: "text/html", Cookie: cookies };
  const [response] = (await once(get(url, { headers }), "response")) as [IncomingMessage];
  check(response.statusCode === 200, `${url} responded with ${response.statusCode}.`);
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).byteLength;
  return bytes;
}
