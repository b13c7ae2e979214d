import { expect, inject, it } from "vitest";

/** docs/client.md promises "about 5 KB": with gzip, as a browser downloads it. */
const MAX_GZIP_BYTES = 5_000;

const OWN = /^(src\/client\/|src\/lib\/retry-after\.ts$|node_modules\/hono\/dist\/(client|utils)\/)/;

it("brings nothing of the service into a browser but itself, the reader of Retry-After and hono's client", () => {
  const foreign = inject("clientBundle").modules.filter((file) => !OWN.test(file));
  expect(inject("clientBundle").modules).toContain("src/client/index.ts");
  expect(foreign).toEqual([]);
});

it("is as small as promised", async () => {
  const { code } = inject("clientBundle");
  const compressed = new Blob([code]).stream().pipeThrough(new CompressionStream("gzip"));
  expect((await new Response(compressed).arrayBuffer()).byteLength).toBeLessThan(MAX_GZIP_BYTES);
});

it("uses nothing that only Node or only Workers have", () => {
  expect(inject("clientBundle").code).not.toMatch(/\bimport\b|\brequire\b|node:|cloudflare:|\bprocess\.|\bBuffer\b/);
});
