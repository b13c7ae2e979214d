import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

/** A file, and the target of its only import. */
const REFUSED = [
  // upwards, from each part to the part above it
  ["src/lib/a.ts", "../schemas/event.ts"],
  ["src/lib/b.ts", "../errors.ts"],
  ["src/errors.ts", "./schemas/problem.ts"],
  ["src/schemas/a.ts", "../store/database.ts"],
  ["src/schemas/b.ts", "../config.ts"],
  ["src/config.ts", "./domain/access/roles.ts"],
  ["src/event-text/a.ts", "../channels/message.ts"],
  ["src/tlog/a.ts", "../schemas/event.ts"],
  ["src/tlog/b.ts", "../store/database.ts"],
  ["src/store/a.ts", "../domain/access/scope-path.ts"],
  ["src/store/b.ts", "../channels/signature.ts"],
  ["src/bucket/a.ts", "../domain/access/scope-path.ts"],
  ["src/bucket/b.ts", "../store/database.ts"],
  ["src/bucket/c.ts", "../schemas/event.ts"],
  ["src/store/d.ts", "../bucket/log-copy.ts"],
  ["src/channels/a.ts", "../store/database.ts"],
  ["src/channels/slack/a.ts", "../../domain/access/scope-path.ts"],
  ["src/domain/a.ts", "../http/problem-response.ts"],
  ["src/domain/events/a.ts", "../../api/app.ts"],
  ["src/domain/deliveries/a.ts", "../../queue/producer.ts"],
  ["src/auth/a.ts", "../http/problem-response.ts"],
  ["src/http/a.ts", "../api/app.ts"],
  ["src/http/formats/a.ts", "../../console/console-app.ts"],
  ["src/queue/a.ts", "../api/app.ts"],
  ["src/api/a.ts", "../index.ts"],
  // past a part
  ["src/api/c.ts", "../channels/send.ts"],
  ["src/http/e.ts", "../bucket/log-copy.ts"],
  ["src/api/k.ts", "../bucket/log-copy.ts"],
  ["src/queue/b.ts", "../store/database.ts"],
  ["src/index.ts", "./store/database.ts"],
  ["src/client/b.ts", "../domain/access/scope-path.ts"],
  // sideways
  ["src/api/d.ts", "../console/console-app.ts"],
  ["src/api/openapi/b.ts", "../../console/console-app.ts"],
  ["src/console/events/a.tsx", "../../api/app.ts"],
  ["src/console/reference/a.tsx", "../../api/openapi/openapi-document.ts"],
  // circles between the folders of one part
  ["src/store/tables/a.ts", "../events/feeds.ts"],
  ["src/store/events/a.ts", "../deliveries/delivery-rows.ts"],
  ["src/store/events/b.ts", "../recording/recording.ts"],
  ["src/store/subscriptions/a.ts", "../deliveries/delivery-rows.ts"],
  ["src/store/deliveries/a.ts", "../recording/recording.ts"],
  ["src/domain/access/a.ts", "../events/get-event.ts"],
  ["src/domain/events/b.ts", "../subscriptions/signing-secret.ts"],
  ["src/domain/events/c.ts", "../deliveries/delivery-policy.ts"],
  ["src/domain/subscriptions/a.ts", "../deliveries/delivery-policy.ts"],
  ["src/domain/log/a.ts", "../deliveries/delivery-policy.ts"],
  ["src/domain/events/d.ts", "../log/log-entry.ts"],
  ["src/store/log/a.ts", "../deliveries/delivery-rows.ts"],
  ["src/store/events/c.ts", "../log/log-runs.ts"],
] as const;

const ALLOWED = [
  ["src/errors.ts", "./lib/exact-json.ts"],
  ["src/schemas/a.ts", "../errors.ts"],
  ["src/schemas/b.ts", "../tlog/note-key.ts"],
  ["src/config.ts", "./schemas/variable-values.ts"],
  ["src/event-text/a.ts", "../schemas/event.ts"],
  ["src/tlog/a.ts", "../lib/crypto.ts"],
  ["src/store/a.ts", "../schemas/event.ts"],
  ["src/channels/slack/a.ts", "../../event-text/sentence.ts"],
  ["src/bucket/a.ts", "../errors.ts"],
  ["src/domain/a.ts", "../store/database.ts"],
  ["src/domain/b.ts", "../bucket/log-copy.ts"],
  ["src/domain/events/a.ts", "../../channels/signature.ts"],
  ["src/auth/a.ts", "../config.ts"],
  ["src/http/a.ts", "../domain/access/scope-path.ts"],
  ["src/api/a.ts", "../http/problem-response.ts"],
  ["src/api/openapi/a.ts", "../../schemas/event.ts"],
  ["src/console/a.tsx", "../http/problem-response.ts"],
  ["src/queue/a.ts", "../domain/sweep.ts"],
  ["src/client/a.ts", "../lib/retry-after.ts"],
  ["src/context.ts", "./queue/producer.ts"],
  ["src/index.ts", "./api/app.ts"],
  ["src/store/events/a.ts", "../tables/event-tables.ts"],
  ["src/store/deliveries/a.ts", "../subscriptions/breaker.ts"],
  ["src/store/recording/a.ts", "../deliveries/delivery-rows.ts"],
  ["src/domain/events/b.ts", "../access/scope-path.ts"],
  ["src/domain/subscriptions/a.ts", "../access/roles.ts"],
  ["src/domain/deliveries/a.ts", "../subscriptions/signing-secret.ts"],
  ["src/domain/log/a.ts", "../events/get-event.ts"],
  ["src/store/log/b.ts", "../events/page-columns.ts"],
  ["src/store/deliveries/b.ts", "../log/newest-checkpoint.ts"],
] as const;

/** The file may import types of the target, but no values. */
const ONLY_TYPES = [
  ["src/store/c.ts", "../config.ts"],
  ["src/domain/deliveries/c.ts", "../../context.ts"],
  ["src/auth/c.ts", "../domain/access/roles.ts"],
  ["src/http/c.ts", "../store/events/event-rows.ts"],
  ["src/api/f.ts", "../context.ts"],
  ["src/api/g.ts", "../store/events/event-rows.ts"],
  ["src/api/openapi/c.ts", "../../store/database.ts"],
  ["src/console/c.tsx", "../store/events/event-rows.ts"],
  ["src/queue/c.ts", "../context.ts"],
  ["src/client/c.ts", "../schemas/event.ts"],
] as const;

/** Files with rows that hold signing secrets: not even their types may be imported. */
const SECRETS = [
  ["src/api/h.ts", "../store/subscriptions/subscription-rows.ts"],
  ["src/api/i.ts", "../domain/subscriptions/owned-row.ts"],
  ["src/api/j.ts", "../store/deliveries/delivery-rows.ts"],
  ["src/console/subscriptions/a.tsx", "../../store/subscriptions/subscription-rows.ts"],
  ["src/console/subscriptions/b.tsx", "../../domain/subscriptions/owned-row.ts"],
  ["src/http/d.ts", "../store/tables/subscription-tables.ts"],
  ["src/queue/d.ts", "../domain/subscriptions/rewrite-set.ts"],
] as const;

interface Diagnostic {
  filename: string;
  code: string;
  /** The advice of oxlint.config.ts. */
  help: string;
}

describe("an import", () => {
  let refused: Map<string, Diagnostic>;
  let passed: Map<string, Diagnostic>;
  let secrets: Map<string, Diagnostic>;
  beforeAll(async () => {
    refused = await lint([...REFUSED, ...ONLY_TYPES], (target) => `export { value } from "${target}";`);
    const values = await lint(ALLOWED, (target) => `export { value } from "${target}";`);
    const types = await lint(ONLY_TYPES, (target) => `import type { Type } from "${target}";\nexport type Own = Type;`);
    passed = new Map([...values, ...types]);
    secrets = await lint(SECRETS, (target) => `import type { Type } from "${target}";\nexport type Own = Type;`);
  });

  it.each(REFUSED)("is refused: %s ← %s", (path, target) => {
    const from = roomOf(path);
    const to = roomOf(join(path, "..", target));
    expect(refused.get(path)).toMatchObject({ code: "eslint(no-restricted-imports)" });
    expect(refused.get(path)?.help).toMatch(`src/${from}`);
    expect(refused.get(path)?.help).toMatch(`must not import src/${to}`);
  });

  it.each(ONLY_TYPES)("of values is refused and of types passes: %s ← %s", (path) => {
    expect(refused.get(path)?.help).toContain("may import only types from");
    expect(passed.get(path)).toBeUndefined();
  });

  it.each(SECRETS)("even of a type is refused: %s ← %s", (path) => {
    expect(secrets.get(path)?.help).toContain("must not import rows with signing secrets");
  });

  it.each(ALLOWED)("passes: %s ← %s", (path) => {
    expect(passed.get(path)).toBeUndefined();
  });
});

it("no room of src is without rules: each is refused the Worker's entry point", async () => {
  const entries = await readdir("src", { withFileTypes: true });
  const rooms = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const refused = await lint(
    rooms.map((room) => [`src/${room}/a.ts`, "../index.ts"] as const),
    (target) => `export { value } from "${target}";`,
  );
  expect([...refused.keys()].toSorted()).toEqual(rooms.map((room) => `src/${room}/a.ts`).toSorted());
});

it.each(["store", "domain"])("no two folders of src/%s may import each other, also through others", async (room) => {
  const entries = await readdir(`src/${room}`, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const pairs = folders.flatMap((from) => folders.filter((to) => to !== from).map((to) => ({ from, to })));
  const pathOf = ({ from, to }: { from: string; to: string }) => `src/${room}/${from}/${to}.ts`;
  const refused = await lint(
    pairs.map((pair) => [pathOf(pair), `../${pair.to}/a.ts`] as const),
    (target) => `export { value } from "${target}";`,
  );
  let allowed = pairs.filter((pair) => !refused.has(pathOf(pair)));
  expect(allowed).not.toEqual([]);
  // If there is no circle, at least one folder imports no other folder. Remove such folders and the imports of them,
  // until no folder is left.
  let left = folders;
  while (left.length > 0) {
    const bottom = left.filter((folder) => allowed.every(({ from }) => from !== folder));
    expect(bottom, `a circle among ${left.join(", ")}`).not.toEqual([]);
    left = left.filter((folder) => !bottom.includes(folder));
    allowed = allowed.filter(({ to }) => !bottom.includes(to));
  }
});

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)/.exec(path)?.[1];
}

/** Runs the linter with the project's own rules on files that each have one import. Returns its findings by path. */
async function lint(
  imports: readonly (readonly [path: string, target: string])[],
  toStatement: (target: string) => string,
): Promise<Map<string, Diagnostic>> {
  const folder = await mkdtemp(join(tmpdir(), "arrows-"));
  try {
    await symlink(resolve("node_modules"), join(folder, "node_modules"));
    await cp("oxlint.config.ts", join(folder, "rules.ts"));
    // Type-aware rules are off, because they would need a project. The rules about imports compare only paths.
    const config = 'import rules from "./rules.ts";\nexport default { ...rules, options: {} };\n';
    await writeFile(join(folder, "oxlint.config.ts"), config);
    for (const [path, target] of imports) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), `${toStatement(target)}\n`);
    }
    const { diagnostics } = JSON.parse(await runOxlint(folder)) as { diagnostics: Diagnostic[] };
    return new Map(diagnostics.map((diagnostic) => [diagnostic.filename, diagnostic]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Returns the output of oxlint, even if oxlint exits with 1 because it found something. */
async function runOxlint(folder: string): Promise<string> {
  const command = [resolve("node_modules/oxlint/bin/oxlint"), "--format", "json", "src"];
  return new Promise((done, fail) => {
    execFile(process.execPath, command, { cwd: folder }, (error, stdout, stderr) => {
      if (stdout === "") fail(new Error(stderr, { cause: error }));
      else done(stdout);
    });
  });
}
