import { expect, it } from "vitest";
import { ArchiveCache } from "../../src/bucket/archive-cache.ts";

const MB = 1024 * 1024;

it("keeps at most 16 MB, and drops the oldest entries first", () => {
  const cache = new ArchiveCache();
  for (let number = 0; number < 20; number++) cache.set(`bundle ${number}`, new Uint8Array(MB).fill(number));
  const kept = Array.from({ length: 20 }, (_, number) => cache.get(`bundle ${number}`)?.[0]);
  expect(kept.filter((first) => first !== undefined)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
});

it("does not keep an entry that would evict many others", () => {
  const cache = new ArchiveCache();
  cache.set("small", Uint8Array.of(1));
  cache.set("large", new Uint8Array(5 * MB));
  expect(cache.get("large")).toBeUndefined();
  expect(cache.get("small")).toEqual(Uint8Array.of(1));
});
