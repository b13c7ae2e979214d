import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { openArchive } from "../../src/bucket/archive-objects.ts";
import { manifestKey, postingsKey, bundleKey } from "../../src/segments/object-names.ts";
import { emptyBucket, everythingInBucket } from "../support/bucket.ts";

beforeEach(emptyBucket);

const segment = { first: 1, last: 512 };
const key = postingsKey(segment);
const always = () => Promise.resolve(true);
const never = () => Promise.resolve(false);

function anArchive() {
  const usage = { r2Gets: 0 };
  return { usage, archive: openArchive(env.ARCHIVE, usage) };
}

describe("an object of the archive", () => {
  it("is written once, and can be read whole or in part", async () => {
    const { archive, usage } = anArchive();
    expect(await archive.find(key)).toBeUndefined();
    expect(await archive.findRange(key, 0, 3)).toBeUndefined();
    expect(await archive.putExact(key, Uint8Array.of(1, 2, 3, 4), never)).toBe(true);
    const { version } = (await env.ARCHIVE.head(key)) ?? {};
    expect(await archive.putExact(key, Uint8Array.of(1, 2, 3, 4), never)).toBe(true);
    expect((await env.ARCHIVE.head(key))?.version).toBe(version);
    usage.r2Gets = 0;
    expect(await archive.find(key)).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(await archive.findRange(key, 1, 2)).toEqual(Uint8Array.of(2, 3));
    expect(await archive.findRange(key, 3, 9)).toEqual(Uint8Array.of(4));
    expect(usage.r2Gets).toBe(3);
  });

  it("returns no bytes for a range beyond its end", async () => {
    const { archive } = anArchive();
    await archive.putExact(key, Uint8Array.of(1), never);
    expect(await archive.findRange(key, 5, 2)).toEqual(new Uint8Array());
  });

  it("replaces other content only while the writer is the current one", async () => {
    const { archive } = anArchive();
    await archive.putExact(key, Uint8Array.of(1), never);
    expect(await archive.putExact(key, Uint8Array.of(2), never)).toBe(false);
    expect(await archive.find(key)).toEqual(Uint8Array.of(1));
    expect(await archive.putExact(key, Uint8Array.of(2), always)).toBe(true);
    expect(await archive.find(key)).toEqual(Uint8Array.of(2));
  });

  it("does not count as written if the bucket returns other content", async () => {
    const lossy = new Proxy(env.ARCHIVE, {
      get: (bucket, name) =>
        name === "put"
          ? (path: string, bytes: Uint8Array, options: R2PutOptions) => bucket.put(path, bytes.slice(1), options)
          : bucket[name as "get"].bind(bucket),
    });
    expect(await openArchive(lossy, { r2Gets: 0 }).putExact(key, Uint8Array.of(1, 2), always)).toBe(false);
  });

  it("may be larger than an object of the log", async () => {
    const { archive } = anArchive();
    const bytes = new Uint8Array(9 * 1024 * 1024).fill(7);
    expect(await archive.putExact(key, bytes, never)).toBe(true);
  });
});

describe("segments in the bucket", () => {
  it("are listed, with their objects", async () => {
    const { archive } = anArchive();
    const later = { first: 513, last: 1024 };
    for (const range of [later, segment]) {
      for (const number of [0, 1]) await archive.putExact(bundleKey(range, number), Uint8Array.of(1, number), never);
    }
    expect(await archive.listSegments()).toEqual([segment, later]);
    expect(await archive.listObjects(segment)).toEqual([
      { key: bundleKey(segment, 0), bytes: 2 },
      { key: bundleKey(segment, 1), bytes: 2 },
    ]);
  });

  it("are deleted with all their objects, and the objects of other segments stay", async () => {
    const { archive } = anArchive();
    const other = manifestKey({ first: 513, last: 1024 });
    for (const path of [key, manifestKey(segment), bundleKey(segment, 0), other, "log/checkpoint"]) {
      await archive.putExact(path, Uint8Array.of(1), never);
    }
    await archive.deleteSegment(segment);
    await archive.deleteSegment(segment);
    expect([...(await everythingInBucket()).keys()]).toEqual([other, "log/checkpoint"]);
  });
});

it("is unavailable while R2 does not respond", async () => {
  const away = new Proxy(env.ARCHIVE, { get: () => () => Promise.reject(new Error("internal error (10001)")) });
  const archive = openArchive(away, { r2Gets: 0 });
  for (const call of [
    archive.find(key),
    archive.findRange(key, 0, 1),
    archive.putExact(key, Uint8Array.of(1), always),
    archive.listSegments(),
    archive.listObjects(segment),
    archive.deleteSegment(segment),
  ]) {
    await expect(call).rejects.toMatchObject({ code: "unavailable", headers: { "Retry-After": "5" } });
  }
});
