import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { openLogCopy, type CopiedTile } from "../../src/bucket/log-copy.ts";
import { emptyBucket, everythingInBucket } from "../support/bucket.ts";

beforeEach(emptyBucket);

const copy = openLogCopy(env.ARCHIVE);

function tile(path: string, ...bytes: number[]): CopiedTile {
  return { path, bytes: Uint8Array.from(bytes) };
}

describe("the checkpoint in the bucket", () => {
  it("is absent at first, and is replaced by a writer who has read the current one", async () => {
    expect(await copy.findCheckpoint()).toBeUndefined();
    expect(await copy.replaceCheckpoint("one — \n", undefined)).toBe(true);
    const one = await copy.findCheckpoint();
    expect(one?.note).toBe("one — \n");
    expect(await copy.replaceCheckpoint("two\n", one)).toBe(true);
    expect((await copy.findCheckpoint())?.note).toBe("two\n");
  });

  it("is not replaced by a writer who has read an older one, or none", async () => {
    await copy.replaceCheckpoint("one\n", undefined);
    const one = await copy.findCheckpoint();
    await copy.replaceCheckpoint("two\n", one);
    expect(await copy.replaceCheckpoint("three\n", one)).toBe(false);
    expect(await copy.replaceCheckpoint("three\n", undefined)).toBe(false);
    expect((await copy.findCheckpoint())?.note).toBe("two\n");
  });

  it("is not written if the checkpoint that was read is gone", async () => {
    await copy.replaceCheckpoint("one\n", undefined);
    const one = await copy.findCheckpoint();
    await emptyBucket();
    expect(await copy.replaceCheckpoint("two\n", one)).toBe(false);
    expect(await copy.findCheckpoint()).toBeUndefined();
  });

  it("is written only once if two writers write the first one at the same time", async () => {
    const written = await Promise.all([
      copy.replaceCheckpoint("a\n", undefined),
      copy.replaceCheckpoint("b\n", undefined),
    ]);
    expect(written.toSorted()).toEqual([false, true]);
    expect((await copy.findCheckpoint())?.note).toBe(written[0] ? "a\n" : "b\n");
  });

  it("is empty if a huge object is in its place", async () => {
    await env.ARCHIVE.put("log/checkpoint", new Uint8Array(9 * 1024 * 1024));
    expect((await copy.findCheckpoint())?.note).toBe("");
  });
});

describe("tiles in the bucket", () => {
  it("are stored below log/ under their paths, and are found by these paths", async () => {
    expect(await copy.putTiles([tile("tile/0/x001/x234/067", 1), tile("tile/entries/000.p/7", 2)], undefined)).toEqual(
      [],
    );
    expect(await everythingInBucket()).toEqual(
      new Map([
        ["log/tile/0/x001/x234/067", Uint8Array.of(1)],
        ["log/tile/entries/000.p/7", Uint8Array.of(2)],
      ]),
    );
    const found = await copy.findTiles(["tile/0/000", "tile/0/x001/x234/067"]);
    expect(found).toEqual(new Map([["tile/0/x001/x234/067", Uint8Array.of(1)]]));
  });

  it("have the headers that C2SP tlog-tiles requires of a web server", async () => {
    await copy.putTiles([tile("tile/0/000", 1)], undefined);
    await copy.replaceCheckpoint("one\n", undefined);
    expect((await env.ARCHIVE.head("log/tile/0/000"))?.httpMetadata).toEqual({
      contentType: "application/octet-stream",
      cacheControl: "public, max-age=31536000, immutable",
    });
    expect((await env.ARCHIVE.head("log/checkpoint"))?.httpMetadata).toEqual({
      contentType: "text/plain; charset=utf-8",
      cacheControl: "max-age=5",
    });
  });

  it("are not written again", async () => {
    await copy.putTiles([tile("tile/0/000", 1)], undefined);
    const before = await env.ARCHIVE.head("log/tile/0/000");
    expect(await copy.putTiles([tile("tile/0/000", 1)], undefined)).toEqual([]);
    expect((await env.ARCHIVE.head("log/tile/0/000"))?.version).toBe(before?.version);
  });

  it("replace other objects under their paths, and the result names these paths", async () => {
    await copy.putTiles([tile("tile/0/000", 1), tile("tile/0/001", 2)], undefined);
    const tiles = [tile("tile/0/000", 1), tile("tile/0/001", 7), tile("tile/0/002", 3)];
    expect(await copy.putTiles(tiles, undefined)).toEqual(["tile/0/001"]);
    expect(await copy.findTiles(["tile/0/001"])).toEqual(new Map([["tile/0/001", Uint8Array.of(7)]]));
  });

  it("are not replaced after the checkpoint was replaced, because they may belong to the new tree", async () => {
    await copy.putTiles([tile("tile/0/000", 1)], undefined);
    await copy.replaceCheckpoint("one\n", undefined);
    const one = await copy.findCheckpoint();
    expect(await copy.putTiles([tile("tile/0/000", 7)], undefined)).toBeUndefined();
    expect(await copy.findTiles(["tile/0/000"])).toEqual(new Map([["tile/0/000", Uint8Array.of(1)]]));
    expect(await copy.putTiles([tile("tile/0/000", 7)], one)).toEqual(["tile/0/000"]);
  });

  it("can be written and read in large numbers", async () => {
    const tiles = Array.from({ length: 40 }, (_, index) => tile(`tile/0/0${10 + index}`, index));
    await copy.putTiles(tiles, undefined);
    const found = await copy.findTiles(tiles.map(({ path }) => path));
    expect([...found].map(([path, bytes]) => ({ path, bytes }))).toEqual(tiles);
  });
});

it("deletes the partial tiles of the given full tiles, and nothing else", async () => {
  const widths = [1, 7, 100, 255];
  const paths = ["tile/0/000", "tile/0/001", "tile/entries/000", "tile/entries/001", "tile/1/000"];
  await copy.putTiles(
    paths.flatMap((path) => [tile(path, 1), ...widths.map((width) => tile(`${path}.p/${width}`, width))]),
    undefined,
  );
  await copy.deletePartialTiles(["tile/0/000", "tile/entries/000", "tile/1/000", "tile/9/000", "tile/9/001"]);
  const left = [...(await everythingInBucket()).keys()].filter((key) => key.includes(".p/"));
  expect(left).toEqual(
    ["tile/0/001", "tile/entries/001"].flatMap((path) => widths.map((width) => `log/${path}.p/${width}`)).toSorted(),
  );
  expect((await everythingInBucket()).size).toBe(5 + 8);
});

describe("a bucket that does not respond", () => {
  const broken = openLogCopy({
    get: () => Promise.reject(new Error("get: We encountered an internal error. Please try again. (10001)")),
    put: () => Promise.reject(new Error("put: We encountered an internal error. Please try again. (10001)")),
    delete: () => Promise.reject(new Error("delete: We encountered an internal error. Please try again. (10001)")),
  } as unknown as R2Bucket); // the copy calls nothing else

  it.each([
    ["reading the checkpoint", () => broken.findCheckpoint()],
    ["writing it", () => broken.replaceCheckpoint("one\n", undefined)],
    ["reading tiles", () => broken.findTiles(["tile/0/000"])],
    ["deleting them", () => broken.deletePartialTiles(["tile/0/000"])],
    ["writing them", () => broken.putTiles([tile("tile/0/000", 1)], undefined)],
  ])("fails %s as what is unavailable", async (_what, operation) => {
    await expect(operation()).rejects.toMatchObject({ code: "unavailable", headers: { "Retry-After": "5" } });
  });
});
