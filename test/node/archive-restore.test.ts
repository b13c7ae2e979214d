import { execFile, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openStorage, type Storage } from "../../scripts/archive/open-storage.ts";
import { newLogKey } from "../../scripts/new-log-key.ts";
import { spawnWrangler } from "../../scripts/wrangler.ts";
import { Config } from "../../src/config.ts";
import type { Context } from "../../src/context.ts";
import { SEGMENT_SIZES } from "../../src/domain/moving/choose-segment.ts";
import { moveHistory } from "../../src/domain/moving/move-history.ts";
import { Api } from "../kit/api.ts";
import { AUDITORS } from "../kit/auditor.ts";
import { makeWorkspace, testVariables, type Workspace } from "../kit/workspace.ts";

// Each test starts programs of its own, which take long on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const EVENTS = 600;
/** Two segments of 256. */
const ARCHIVED = 512;
const VARS = testVariables({ LOG_KEY: newLogKey("localhost/log").privateKey });
const AUDITOR = { user: "ruth", groups: [AUDITORS] };
const MEMBER = { user: "ann", groups: ["team-web"] };
/** A line of a listing with openings. */
interface Line {
  event: { id: string };
}
const PLACE = () => ({ isRemote: false, persistTo: workspace.state });
const ROOT = path.resolve(import.meta.dirname, "../..");

let workspace: Workspace;
const { signal } = new AbortController();

beforeAll(async () => {
  workspace = await makeWorkspace(VARS);
});
afterAll(() => workspace[Symbol.asyncDispose]());

/** Runs the service on the state of the workspace. */
async function whileServing<Result>(work: (api: Api) => Promise<Result>): Promise<Result> {
  let output = "";
  await using server = await workspace.start({ jobEverySeconds: 1, onOutput: (text) => (output += text), signal });
  return await work(new Api(server.url, VARS, signal)).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${output.slice(-3000)}`);
  });
}

async function record(api: Api): Promise<void> {
  for (let start = 0; start < EVENTS; start += 100) {
    const events = Array.from({ length: 100 }, (_, index) => ({
      type: "ADD_BUILD",
      username: `Zoë ${start + index}`,
      state_project: "shop",
      ...(index % 3 === 0 && { allowed_groups: ["team-web"] }),
      ...(index % 3 === 1 && { allowed_groups: ["team-data"] }),
      data: { number: start + index, text: "“\u2028”" },
    }));
    await api.asProducer("/internal/create-event", { method: "POST", body: JSON.stringify(events) });
  }
}

/** Waits until the log has a checkpoint of at least this size. */
async function untilLogged(api: Api, size: number): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    const note = await api.asReader(AUDITOR, "/log/checkpoint").catch(() => undefined);
    if (Number((await note?.text())?.split("\n")[1] ?? -1) >= size) return;
    await delay(250);
  }
  throw new Error(`the log has no checkpoint of ${size} entries`);
}

/** What a reader sees of the archived events, byte for byte. */
async function readArchived(api: Api, reader: typeof AUDITOR) {
  const listing = `/api/v1/events/query/project/shop/?page_from=${ARCHIVED + 1}&page_size=500`;
  const headers = { Accept: "application/x-ndjson; openings=1" };
  const singles = [1, 2, 256, 257, 511].map(async (id) => {
    const response = await api.asReader(reader, `/api/v1/events/${id}`).catch(() => undefined);
    return response?.text();
  });
  return {
    singles: await Promise.all(singles),
    newest: await (await api.asReader(reader, listing)).text(),
    download: await (await api.asReader(reader, `${listing}&limit=2000`, { headers })).text(),
    oldestFirst: await (await api.asReader(reader, "/api/v1/events/query/?page_after=0&page_size=200")).text(),
  };
}

/** Node.js 24 lacks functions of the Workers runtime that the move uses. */
Object.assign(Uint8Array, { fromHex: (text: string) => new Uint8Array(Buffer.from(text, "hex")) });

/** Moves all history for which there is a segment of 256 events. */
async function moveAll({ db, archive }: Storage): Promise<void> {
  const config = new Config({ ...VARS, HOT_GIGABYTES: "0" });
  // The move uses only these parts of the context.
  const context = { config, db, archive, now: Date.now, uuid: randomUUID, log: () => {} } as unknown as Context;
  while (await moveHistory(context, { ...SEGMENT_SIZES, events: 256, minEvents: 256, keepUpTo: 4 }));
}

async function loseDatabase(): Promise<void> {
  const folder = path.join(workspace.state, "v3", "d1");
  expect(existsSync(folder)).toBe(true);
  await rm(folder, { recursive: true });
}

async function applyMigrations(): Promise<void> {
  const args = ["d1", "migrations", "apply", "DB", "--local", "--persist-to", workspace.state];
  expect(await spawnWrangler(args, { onOutput: () => {} }).ended).toBe(0);
}

async function runArchive(...args: string[]) {
  const script = path.join(ROOT, "scripts", "archive.ts");
  const command = [script, ...args, "--persist-to", workspace.state];
  return promisify(execFile)(process.execPath, command, { cwd: ROOT }).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, output: stdout + stderr }),
  );
}

/** Copies the archive's objects into the folder `archive`, and returns the folder around it. */
async function exportArchive(): Promise<string> {
  const folder = path.join(workspace.state, "export");
  await using storage = await openStorage(PLACE());
  for (const range of await storage.archive.listSegments()) {
    for (const { key } of await storage.archive.listObjects(range)) {
      await mkdir(path.join(folder, path.dirname(key)), { recursive: true });
      await writeFile(path.join(folder, key), (await storage.archive.find(key)) ?? new Uint8Array());
    }
  }
  return folder;
}

/** Runs a program in Python, and returns its output. */
function runPython(program: string, cwd: string): string {
  const { stdout, stderr } = spawnSync("python3", ["-c", program], { cwd, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const PAGE = readFileSync(path.join(ROOT, "docs", "archive-format.md"), "utf8");
const [PRINT_EVENTS = "", POSITIONS = ""] = [...PAGE.matchAll(/```python\n(.*?)```/gs)].map(([, text]) => text);

let before: Record<"auditor" | "member", Awaited<ReturnType<typeof readArchived>>>;

beforeAll(async () => {
  before = await whileServing(async (api) => {
    await record(api);
    await untilLogged(api, EVENTS);
    return { auditor: await readArchived(api, AUDITOR), member: await readArchived(api, MEMBER) };
  });
  await using storage = await openStorage(PLACE());
  await moveAll(storage);
});

describe("npm run archive", () => {
  it("list prints the segments, and check compares all objects with their digests", async () => {
    const { code, output } = await runArchive("list");
    const [one, other, sum] = output.trimEnd().split("\n");
    expect(one).toMatch(/^archive\/segments\/0{15}1-0{13}256\/ {2}256 events, [\d.]+ kB, recorded from \S+Z to \S+Z$/);
    expect(other).toContain("archive/segments/0000000000000257-0000000000000512/  256 events");
    expect(sum).toMatch(/^2 segments, 512 events, [\d.]+ kB$/);
    expect(code).toBe(0);
    expect(await runArchive("check")).toEqual({ code: 0, output: `${sum}\n` });
  });

  it("erase names an event that the archive does not have", async () => {
    expect(await runArchive("erase", "--event", "9999")).toEqual({
      code: 1,
      output: "The archive has no event 9999.\n",
    });
    expect(await runArchive("erase")).toMatchObject({ code: 2 });
  });
});

describe.skipIf(!hasPython)("the programs in docs/archive-format.md", () => {
  it("print all events of the archive, byte for byte in order", async () => {
    const printed = runPython(PRINT_EVENTS, await exportArchive());
    const events = printed
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string });
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: ARCHIVED }, (_, index) => `${index + 1}`));
    expect(events.toReversed().slice(0, 500)).toEqual(JSON.parse(before.auditor.newest));
  });

  it("find the events of each feed", async () => {
    const program = `${POSITIONS}
import gzip, json, pathlib
for segment in sorted(pathlib.Path("archive/segments").iterdir()):
    postings = (segment / "postings.bin").read_bytes()
    for feed in map(json.loads, gzip.open(segment / "feeds.ndjson.gz")):
        if (feed["scope"], feed["kind"], feed["name"]) in [("everything", "group", "team-web"), ("everything", "everyone", "")]:
            for position in feed.get("positions") or positions(postings[feed["start"] : feed["start"] + feed["bytes"]]):
                print(int(segment.name.split("-")[0]) + position)`;
    const ids = runPython(program, await exportArchive())
      .trim()
      .split("\n")
      .map(Number);
    const seen = before.member.download
      .trim()
      .split("\n")
      .map((line) => Number((JSON.parse(line) as Line).event.id));
    expect(ids.toSorted((a, b) => b - a)).toEqual(seen);
  });
});

describe("an archive whose D1 was deleted", () => {
  it("is read again over HTTP after a restore from the bucket", async () => {
    await loseDatabase();
    expect(await runArchive("restore")).toEqual({ code: 1, output: "D1 has no tables. Apply the migrations first.\n" });
    await applyMigrations();
    const { code, output } = await runArchive("restore");
    expect(output).toContain("2 segments, 512 events, ");
    expect(code).toBe(0);
    const again = await runArchive("restore");
    expect(again).toEqual({ code: 1, output: "D1 already has an archive. Restore an empty D1.\n" });

    await whileServing(async (api) => {
      await untilLogged(api, EVENTS);
      expect(await readArchived(api, AUDITOR)).toEqual(before.auditor);
      expect(await readArchived(api, MEMBER)).toEqual(before.member);
      const event = JSON.stringify({ type: "ADD_BUILD" });
      const recorded = await api.asProducer("/internal/create-event", { method: "POST", body: event });
      expect(recorded.headers.get("Location")).toBe(`/api/v1/events/${ARCHIVED + 100_000_001}`);
    });
  });
});
