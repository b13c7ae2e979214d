import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { cosignedAt } from "../../../src/tlog/cosignature.ts";
import { parseNote } from "../../../src/tlog/signed-note.ts";
import { costOf } from "../../support/cost.ts";
import { anEvent, someEvents } from "../../support/factories.ts";
import { problemOf } from "../../support/problems.ts";
import { forgetEverything } from "../../support/tables.ts";
import {
  aLoggedService,
  cosignNewest,
  KEY,
  LOG_WITNESSES,
  stopLog,
  verified,
  WITNESS,
} from "../../support/logged-service.ts";

const service = aLoggedService();
const CHECKPOINT = "/log/checkpoint";

beforeEach(forgetEverything);

describe("the newest checkpoint", () => {
  it("of a log without entries has size 0", async () => {
    expect(await service.checkpoint()).toMatchObject({ origin: "log.example/one", size: 0 });
  });

  it("covers every event once the sweep has run", async () => {
    await service.record(someEvents(3));
    await service.sweep();
    expect((await service.checkpoint()).size).toBe(3);
    await service.record(anEvent());
    await service.sweep();
    expect((await service.checkpoint()).size).toBe(4);
  });

  it("is text in UTF-8 that a cache may keep for 5 seconds, and costs one row", async () => {
    await service.record(anEvent());
    await service.sweep();
    const response = await service.request(CHECKPOINT);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "private, max-age=5",
      vary: "Accept, Authorization, X-Escape-Token, Cookie",
    });
    expect(costOf(response)).toEqual({ queries: 1, rowsRead: 1, rowsWritten: 0, r2Gets: 0 });
  });

  it("is a 304 for a client that has it, and a 200 once there is a newer one", async () => {
    const first = await service.request(CHECKPOINT);
    const headers = { "If-None-Match": first.headers.get("ETag") ?? "" };
    const again = await service.request(CHECKPOINT, { headers });
    expect([again.status, await again.text(), again.headers.get("ETag")]).toEqual([304, "", headers["If-None-Match"]]);
    await service.record(anEvent());
    await service.sweep();
    expect((await service.request(CHECKPOINT, { headers })).status).toBe(200);
  });

  it("is not there while events wait for the first one: the response says when to try again", async () => {
    await service.record(anEvent());
    const response = await service.request(CHECKPOINT);
    expect(response.headers.get("Retry-After")).toBe("2");
    expect(await problemOf(response)).toMatchObject({ status: 503, detail: "The log has no checkpoint yet." });
  });

  it("stays when the log is stopped", async () => {
    await service.record(anEvent());
    await service.sweep();
    const before = await (await service.request(CHECKPOINT)).text();
    await stopLog();
    await service.record(anEvent());
    await service.sweep();
    expect(await (await service.request(CHECKPOINT)).text()).toBe(before);
  });

  it("is promised to nobody if the log was stopped before the first one", async () => {
    await service.request(CHECKPOINT);
    await service.sweep();
    await env.DB.prepare("UPDATE log_state SET checkpoint = NULL, stopped_reason = 'a test'").run();
    const response = await service.request(CHECKPOINT);
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, null]);
  });
});

describe("the newest cosigned checkpoint", () => {
  const witnessed = aLoggedService({ LOG_WITNESSES });
  const COSIGNED = `${CHECKPOINT}?cosigned=1`;

  it("is the newest one if there are no witnesses", async () => {
    await service.record(anEvent());
    await service.sweep();
    const newest = await (await service.request(CHECKPOINT)).text();
    expect(await (await service.request(COSIGNED)).text()).toBe(newest);
    expect(await (await service.request(`${CHECKPOINT}?cosigned=`)).text()).toBe(newest);
  });

  it("may be older than the newest one, and bears the witness's signature and the log's", async () => {
    await service.record(anEvent());
    await service.sweep();
    const cosigned = await cosignNewest(await (await service.request(CHECKPOINT)).text(), 1_800_000_000);
    await service.record(anEvent());
    await service.sweep();
    const served = await (await witnessed.request(COSIGNED)).text();
    expect(served).toBe(cosigned);
    expect((await verified(served)).size).toBe(1);
    expect(await cosignedAt(parseNote(served) ?? { text: "", signatures: [] }, WITNESS.verifier)).toBe(1_800_000_000);
    expect((await witnessed.checkpoint()).size).toBe(2);
  });

  it("is not there until a witness has signed: the response says when to try again", async () => {
    const response = await witnessed.request(COSIGNED);
    expect(response.headers.get("Retry-After")).toBe("60");
    expect(await problemOf(response)).toMatchObject({
      status: 503,
      detail: "The log has no cosigned checkpoint yet.",
    });
  });

  it.each(["?cosigned=0", "?cosigned=true", "?cosigned=1&cosigned=1"])("is not meant by %s", async (query) => {
    const problem = await problemOf(await service.request(`${CHECKPOINT}${query}`));
    expect(problem).toMatchObject({ status: 400, errors: [{ path: "cosigned" }] });
  });
});

describe("the key", () => {
  it("verifies the checkpoint, and is one line of text", async () => {
    const response = await service.request("/log/key");
    expect(response.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
    expect(await response.text()).toBe(`${KEY.publicKey}\n`);
    expect(costOf(response).queries).toBe(0);
  });

  it("is never the private one", async () => {
    for (const path of ["/log/key", CHECKPOINT, "/openapi.json", "/health"]) {
      expect(await (await service.request(path)).text()).not.toContain("PRIVATE");
    }
  });
});
