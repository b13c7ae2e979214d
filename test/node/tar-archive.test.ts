import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { tarArchive } from "../../src/lib/tar-archive.ts";

const MODIFIED_AT = Date.UTC(2026, 10, 29, 2, 5, 17, 488);
const FILES = [
  { path: "event-1/event.json", text: '{"id":"1","username":"مريم 🎉"}' },
  { path: "event-1/empty.txt", text: "" },
  { path: "event-1/block.txt", text: "x".repeat(512) },
  { path: "event-1/long.txt", text: "line\n".repeat(10_000) },
  { path: `event-1/${"n".repeat(92)}`, text: "the longest path" },
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tidings-tar-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("an archive is unpacked by tar to the same bytes", () => {
  writeFileSync(path.join(folder, "files.tar"), tarArchive(FILES, MODIFIED_AT));
  const listed = execFileSync("tar", ["-tf", "files.tar"], { cwd: folder, encoding: "utf8" });
  expect(listed.trimEnd().split("\n")).toEqual(FILES.map((file) => file.path));
  execFileSync("tar", ["-xf", "files.tar"], { cwd: folder });
  for (const file of FILES) {
    expect(readFileSync(path.join(folder, file.path), "utf8")).toBe(file.text);
    expect(statSync(path.join(folder, file.path)).mtimeMs).toBe(Math.floor(MODIFIED_AT / 1000) * 1000);
  }
});

it("a path that the format cannot hold is refused", () => {
  expect(() => tarArchive([{ path: "n".repeat(101), text: "" }], MODIFIED_AT)).toThrow(RangeError);
});
