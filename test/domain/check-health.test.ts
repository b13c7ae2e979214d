import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { checkHealth } from "../../src/domain/check-health.ts";
import { noUsage, openDatabase } from "../../src/store/database.ts";
import { configWith, refusalOf, SECRET } from "../auth/factories.ts";

const config = configWith({ JWT_SECRET: SECRET, INTERNAL_TOKEN: "token" });
const db = openDatabase(env.DB.withSession("first-primary"), noUsage());
const never = new Promise<never>(() => undefined);

it("waits five seconds for a database that hangs, and no longer than it takes for one that answers", async () => {
  const waits: number[] = [];
  const wait = (milliseconds: number) => {
    waits.push(milliseconds);
    return Promise.resolve();
  };
  const hanging = { ...db, prepare: () => Object.assign(db.prepare("SELECT 1"), { run: () => never }) };
  const refusal = await refusalOf(() => checkHealth({ config, db: hanging, wait }));
  expect(refusal).toMatchObject({ code: "unavailable", headers: { "Retry-After": "5" } });
  expect(waits).toEqual([5_000]);
  await expect(checkHealth({ config, db, wait: () => never })).resolves.toBeUndefined();
});

it("asks no database while a variable is bad", async () => {
  const bad = configWith({ JWT_SECRET: SECRET, INTERNAL_TOKEN: "" });
  const refusal = await refusalOf(() => checkHealth({ config: bad, db, wait: () => never }));
  expect(refusal).toMatchObject({ code: "misconfigured", message: expect.stringContaining("INTERNAL_TOKEN") });
});
