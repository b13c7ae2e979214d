import { expect, inject, it } from "vitest";

const MAX_BYTES = 15_000;

const OWN = /^(src\/client[./]|src\/retry-after\.ts$|node_modules\/hono\/dist\/(client|utils)\/)/;

it("brings nothing of the service into a browser but itself, the reader of Retry-After and hono's client", () => {
  const { code, modules } = inject("clientBundle");
  const foreign = modules.filter((file) => !OWN.test(file));
  expect(modules).toContain("src/client/index.ts");
  expect(foreign).toEqual([]);
  expect(new TextEncoder().encode(code).byteLength).toBeLessThan(MAX_BYTES);
});

it("asks for nothing that only Node or only Workers have", () => {
  expect(inject("clientBundle").code).not.toMatch(/\bimport\b|\brequire\b|node:|cloudflare:|\bprocess\.|\bBuffer\b/);
});
