import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeBundle } from "../../../src/tlog/entry-bundle.ts";
import { tileInTree, tilePath, type TileLevel } from "../../../src/tlog/tile.ts";
import { insertHistory } from "../../domain/log/log-world.ts";
import { emptyBucket } from "../../support/bucket.ts";
import { costOf } from "../../support/cost.ts";
import { problemOf } from "../../support/problems.ts";
import { forgetEverything } from "../../support/tables.ts";
import { ReferenceTree } from "../../tlog/reference-tree.ts";
import { aLoggedService } from "../../support/logged-service.ts";

const SIZE = 700;
const IMMUTABLE = "max-age=31536000, immutable";
const service = aLoggedService();
const ask = (path: string, headers: Record<string, string> = {}) => service.request(`/log/tile/${path}`, { headers });

async function bytesOf(path: string): Promise<Uint8Array> {
  const response = await ask(path);
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** All tiles of a level, one after another. */
async function levelOf(level: TileLevel): Promise<Uint8Array[]> {
  const tiles: Uint8Array[] = [];
  for (let index = 0; ; index++) {
    const tile = tileInTree(level, index, SIZE);
    if (tile === undefined) return tiles;
    tiles.push(await bytesOf(tilePath(tile).slice("tile/".length)));
  }
}

beforeAll(async () => {
  await forgetEverything();
  await insertHistory(SIZE);
  await service.sweep();
});

describe("the tiles", () => {
  it("hold all entries, and the hashes of the tree over them whose root the checkpoint names", async () => {
    const entries = (await levelOf("entries")).flatMap(decodeBundle);
    const tree = new ReferenceTree(entries);
    const { size, root } = await service.checkpoint();
    expect(entries).toHaveLength(size);
    expect(new Uint8Array(tree.hash({ start: 0, end: size }))).toEqual(root);
    for (const [level, span] of [
      [0, 1],
      [1, 256],
    ] as const) {
      const hashes = Array.from({ length: Math.floor(SIZE / span) }, (_, place) =>
        tree.hash({ start: place * span, end: (place + 1) * span }),
      );
      expect(Buffer.concat(await levelOf(level)).equals(Buffer.concat(hashes)), `level ${level}`).toBe(true);
    }
  });

  it("say of each event its ID and when it was recorded, and nothing else", async () => {
    const [first] = decodeBundle(await bytesOf("entries/000"));
    const [{ id, time } = { id: 0, time: 0 }] = (
      await env.DB.prepare("SELECT id, recorded_at AS time FROM events ORDER BY id LIMIT 1").all<{
        id: number;
        time: number;
      }>()
    ).results;
    const text = new TextDecoder().decode(first);
    expect(text.split("\n").slice(0, 3)).toEqual(["tidings/event/v1", `${id}`, new Date(time).toISOString()]);
    expect(text.split("\n").slice(3)).toEqual([expect.stringMatching(/^[\w+/]{43}=$/), ""]);
  });

  it("are bytes that never change, for their reader's own cache", async () => {
    for (const path of ["0/000", "0/002.p/188", "1/000.p/2", "entries/002.p/188"]) {
      const { headers } = await ask(path);
      expect(Object.fromEntries(headers)).toMatchObject({
        "content-type": "application/octet-stream",
        "cache-control": `private, ${IMMUTABLE}`,
        vary: "Accept, Authorization, X-Escape-Token, Cookie",
      });
    }
  });

  it("are a 304 for a client that has them, and have no body for HEAD", async () => {
    const ETag = (await ask("0/000")).headers.get("ETag") ?? "";
    expect((await ask("0/000", { "If-None-Match": ETag })).status).toBe(304);
    expect((await ask("0/001", { "If-None-Match": ETag })).status).toBe(200);
    const head = await service.request("/log/tile/0/000", { method: "HEAD" });
    expect([head.status, head.headers.get("ETag"), await head.text()]).toEqual([200, ETag, ""]);
  });

  it("that are partial are the beginning of the wider ones, which are there", async () => {
    for (const [partial, whole] of [
      ["0/000.p/1", "0/000"],
      ["0/000.p/255", "0/000"],
      ["0/002.p/100", "0/002.p/188"],
      ["1/000.p/1", "1/000.p/2"],
      ["entries/000.p/7", "entries/000"],
    ] as const) {
      const [part, all] = [await bytesOf(partial), await bytesOf(whole)];
      expect(all.slice(0, part.length)).toEqual(part);
      expect(all.length).toBeGreaterThan(part.length);
    }
  });

  it("cost their own row, the checkpoint's and the parameter's, and a bundle two more of its runs", async () => {
    const rowsFor = async (path: string) => costOf(await ask(path, { "Cache-Control": "no-cache" })).rowsRead;
    expect(await rowsFor("1/000.p/2")).toBe(3);
    expect(await rowsFor("0/001")).toBe(5);
    expect(await rowsFor("entries/001")).toBe(5);
    expect(await rowsFor("entries/999")).toBeLessThanOrEqual(5);
  });
});

describe("a tile is a 404", () => {
  it.each([
    "0/003",
    "0/002",
    "0/002.p/189",
    "1/000",
    "1/000.p/3",
    "1/001.p/1",
    "2/000.p/1",
    "63/000.p/1",
    "entries/002",
  ])("beyond the tree: %s", async (path) => {
    const response = await ask(path);
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
    expect(await problemOf(response)).toMatchObject({
      status: 404,
      detail: "The tree of the newest checkpoint has no such tile.",
    });
  });

  it("if the tree in D1 has it already, but the newest checkpoint has not", async () => {
    await env.DB.prepare("UPDATE log_state SET checkpoint_size = 699").run();
    await emptyBucket(); // which has the newest checkpoint too
    const { request } = aLoggedService();
    const headers = { "Cache-Control": "no-cache" };
    const paths = ["0/002.p/188", "0/002.p/187"];
    const statuses = await Promise.all(
      paths.map(async (path) => (await request(`/log/tile/${path}`, { headers })).status),
    );
    await env.DB.prepare("UPDATE log_state SET checkpoint_size = 700").run();
    expect(statuses).toEqual([404, 200]);
  });

  it.each([
    "0/0",
    "0/00",
    "0/0000",
    "0/000000",
    "0/x000/000",
    "0/x00/000",
    "0/000/000",
    "0/x000",
    "0/001.p/0",
    "0/000.p/256",
    "0/000.p/07",
    "0/000.p/",
    "0/000.p",
    "0/000.P/7",
    "0/-01",
    "0/+01",
    "0/%78000/000",
    "0/x000%2F000",
    "0/000%2Ep/07",
    "00/000",
    "64/000",
    "-1/000",
    "1e0/000",
    "data/000",
    "Entries/000",
    "entries/0",
    "entries/x000/000",
    "8/0/000",
    "0/x999/x999/x999/x999/x999/999",
    "0/x999/x999/999",
  ])("with another spelling: %s", async (path) => {
    expect((await problemOf(await ask(path))).status).toBe(404);
  });

  it.each(["/log/tile", "/log/tile/", "/log/tile/0", "/log/tiles/0/000", "/log/nothing"])("at %s", async (path) => {
    expect((await problemOf(await service.request(path))).status).toBe(404);
  });
});

describe("at the edge, a tile", () => {
  const anIsolate = (bindings: Partial<Env> = {}) => aLoggedService(bindings);

  it("is kept for all readers, and costs no query", async () => {
    const path = "/log/tile/0/001.p/9"; // no other test reads it
    const first = await anIsolate().request(path, { reader: { name: "ann" } });
    const again = await anIsolate().request(path, { reader: { name: "ben" } });
    expect(costOf(first).queries).toBeGreaterThan(0);
    expect(costOf(again).queries).toBe(0);
    expect(await again.arrayBuffer()).toEqual(await first.arrayBuffer());
    expect(again.headers.get("Cache-Control")).toBe(`private, ${IMMUTABLE}`);
    expect(again.headers.get("ETag")).toBe(first.headers.get("ETag"));
  });

  it("is not given to a caller without a token", async () => {
    await anIsolate().request("/log/tile/0/000");
    const response = await anIsolate().request("/log/tile/0/000", { reader: null });
    expect((await problemOf(response)).status).toBe(401);
  });

  it("is passed by for a verifier that asks for no copy", async () => {
    await anIsolate().request("/log/tile/0/000");
    for (const value of ["no-cache", "no-store", "max-age=0, No-Cache"]) {
      const response = await anIsolate().request("/log/tile/0/000", { headers: { "Cache-Control": value } });
      expect(costOf(response).queries).toBeGreaterThan(0);
    }
  });

  it("is not taken for another one, nor for a bundle", async () => {
    const paths = ["0/000", "0/000.p/1", "0/001", "1/000.p/1", "entries/000", "entries/000.p/1"];
    const read = async () => Promise.all(paths.map(async (path) => Buffer.from(await bytesOf(path)).toString("hex")));
    const first = await read();
    expect(new Set(first).size).toBe(paths.length);
    expect(await read()).toEqual(first);
  });

  it("is not kept if it is a 404", async () => {
    expect((await ask("entries/002.p/189")).status).toBe(404);
    await insertHistory(1);
    await service.sweep();
    expect((await ask("entries/002.p/189")).status).toBe(200);
  });
});
