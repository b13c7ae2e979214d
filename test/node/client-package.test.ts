import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** docs/client.md promises "about 5 KB": with gzip, as a browser downloads it. */
const MAX_GZIP_BYTES = 5_000;

/** A program that uses each export. */
const PROGRAM = `
import { tidings, TidingsError } from "tidings/client";
import type { Event, EventsOptions, EventStream, Fetch, Filters, FollowOptions, Listing, Options, Problem, Scope, Streams, TokenSource } from "tidings/client";

const fetchOnce: Fetch = (url, init) => fetch(url, init);
const options: Options = { fetch: fetchOnce };
const token: TokenSource = () => "a token";
const { api, events, follow } = tidings(process.argv[2] ?? "", token, options);
const streams: Streams = { events, follow };

const scope: Scope = { state_project: "shop" };
const filters: Filters = { type: "USER_SIGNUP" };
const back: EventsOptions = { ...filters, page_size: 1 };
const onwards: FollowOptions = { after: "0" };
const listing: Listing = scope;
const stream: EventStream = streams.events(listing, back);
for await (const event of stream) console.log(event.id, event.type satisfies Event["type"]);

const response = await api.v1.events[":id"].$get({ param: { id: "2" } });
const one: Event = await response.json();
console.log(one.timestamp);

for await (const { id } of follow(["state", "shop"], onwards)) {
  console.log("followed", id);
  if (id === "2") break;
}
try {
  for await (const event of events(["inventory"])) console.log(event);
} catch (error) {
  const problem: Problem | undefined = error instanceof TidingsError ? error.problem : undefined;
  console.log(problem?.title);
}
`;

/** Each line must be an error. If one is not, the packed types have become `any`. */
const WRONG_PROGRAM = `
import { tidings, type Event } from "tidings/client";
const { api, events, follow } = tidings("https://tidings.example", "a token");
// @ts-expect-error
events("all");
// @ts-expect-error
follow("everything", { after: 7 });
// @ts-expect-error
events("everything", { user: "ann" });
// @ts-expect-error
api.v1.events.query.inventory.$post();
// @ts-expect-error
api.v1.events[":id"].$get({ param: { number: "1" } });
// @ts-expect-error
const type: Event["type"] = "USER_SIGNED_UP";
// @ts-expect-error
const id: Event["id"] = 7;
`;

const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    lib: ["es2024", "dom", "dom.iterable"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
  },
  include: ["*.ts"],
};

/** The folder for all files that the test writes. It is removed at the end. */
let workspace: string;
/** The project that installs the package. */
let folder: string;

const run = async (command: string, args: string[], cwd = folder) => {
  const bin = path.join(ROOT, "node_modules/.bin");
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env["PATH"]}` };
  const { stdout } = await promisify(execFile)(command, args, { cwd, env }).catch((error: { stdout: string }) => {
    throw new Error(`${command} ${args.join(" ")} failed:\n${error.stdout}`, { cause: error });
  });
  return stdout;
};

beforeAll(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), "tidings-client-"));
  await run("node", [path.join(ROOT, "scripts/build-client.ts"), path.join(workspace, "built")], workspace);
  await run("npm", ["pack", "./built"], workspace);
  folder = path.join(workspace, "scratch");
  await mkdir(folder);
  await writeFile(path.join(folder, "package.json"), '{ "private": true, "type": "module" }');
  await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  await writeFile(path.join(folder, "program.ts"), PROGRAM);
  await writeFile(path.join(folder, "wrong.ts"), WRONG_PROGRAM);
  await writeFile(path.join(folder, "process.d.ts"), "declare const process: { argv: string[] };\n");
  // hono, its only dependency, comes from the repository: the test needs no network.
  const { version } = JSON.parse(await readFile(path.join(ROOT, "package.json"), "utf8")) as { version: string };
  const packages = [`../tidings-${version}.tgz`, path.join(ROOT, "node_modules/hono")];
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...packages]);
}, 120_000);

afterAll(() => rm(workspace, { recursive: true, force: true }));

describe("the packed client", () => {
  it("type-checks in another project, which needs neither zod nor the Workers' types", async () => {
    expect(await run("tsc", [])).toBe("");
  });

  it("runs in Node", async () => {
    const server = createServer(({ url = "" }, response) => {
      const [status, headers, body] = respond(url);
      response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // of a TCP server
    try {
      const output = await run("node", ["program.ts", `http://127.0.0.1:${port}`]);
      expect(output.trim().split("\n")).toEqual([
        "2 USER_SIGNUP",
        "1 USER_SIGNUP",
        "2000",
        "followed 1",
        "followed 2",
        "Not found",
      ]);
    } finally {
      server.close();
    }
  });

  it("is bundled for a browser, and is as small as promised", async () => {
    const entry = path.join(folder, "page.js");
    await writeFile(entry, 'export * from "tidings/client";\n');
    const built = await build({
      configFile: false,
      root: folder,
      logLevel: "error",
      build: { write: false, minify: true, rollupOptions: { input: entry, preserveEntrySignatures: "strict" } },
    });
    const chunks = (built as Rolldown.RolldownOutput).output; // one build, without a watcher
    expect(chunks).toHaveLength(1);
    const code = chunks[0]?.type === "chunk" ? chunks[0].code : "";
    expect(code).not.toMatch(/\bimport\b|\brequire\b|node:|\bprocess\.|\bBuffer\b/);
    expect(gzipSync(code).byteLength).toBeLessThan(MAX_GZIP_BYTES);
  });
});

/** A service with two events and no Inventory. */
function respond(url: string): [status: number, headers: Record<string, string>, body: unknown] {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const event = (id: string) => ({ id, type: "USER_SIGNUP", timestamp: `${id}000` });
  const link = (query: string) => ({ Link: `<${pathname}?${query}>; rel="next"`, "Retry-After": "0" });
  if (pathname.includes("inventory")) {
    return [404, {}, { type: "urn:x", title: "Not found", status: 404, detail: "No.", instance: "1" }];
  }
  if (pathname.endsWith("/2")) return [200, {}, event("2")];
  if (searchParams.has("page_after")) return [200, link("page_after=2"), [event("1"), event("2")]];
  if (searchParams.has("page_from")) return [200, {}, [event("1")]];
  return [200, link("page_from=2"), [event("2")]];
}
