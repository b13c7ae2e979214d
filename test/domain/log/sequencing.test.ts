import { createExecutionContext, createMessageBatch, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import worker from "../../../src/index.ts";
import { someEvents } from "../../support/factories.ts";
import { aQueue } from "../../support/queue.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";
import { expectWholeLog, KEY, stateOf } from "../../support/log.ts";

beforeEach(forgetEverything);

function aServiceWithLog(bindings: Partial<Env> = {}) {
  const queue = aQueue();
  const own = { LOG_KEY: KEY.privateKey, LOG: queue.binding, ...bindings };
  return {
    ...aService(own),
    queue,
    /**
     * Delivers all messages on the log's queue, like the platform does. Returns true if all messages were acknowledged.
     */
    consume: async () => {
      const messages = queue.sent
        .splice(0)
        .map((body, index) => ({ id: `${index}`, timestamp: new Date(), attempts: 1, body }));
      const batch = createMessageBatch("tidings-log", messages);
      const execution = createExecutionContext();
      const acknowledged: boolean[] = [];
      batch.ackAll = () => void acknowledged.push(true);
      await worker.queue(batch, { ...env, ...own }, execution);
      await waitOnExecutionContext(execution);
      return acknowledged.length > 0;
    },
  };
}

describe("what was recorded", () => {
  it("is in the log after its hint", async () => {
    const service = aServiceWithLog();
    await service.record(someEvents(3));
    expect(service.queue.sent).toHaveLength(1);
    expect(await service.consume()).toBe(true);
    expect((await expectWholeLog()).size).toBe(3);
  });

  it("is in the log after the next sweep if its hint was lost, or refused", async () => {
    const service = aServiceWithLog();
    await service.record(someEvents(2));
    service.queue.sent.splice(0);
    await service.sweep();
    expect((await expectWholeLog()).size).toBe(2);
    service.queue.isDown = true;
    expect((await service.record(someEvents(2))).status).toBe(200);
    await service.sweep();
    expect((await expectWholeLog()).size).toBe(4);
  });

  it("waits for the sweep if D1 fails its hint, which is not tried again", async () => {
    const service = aServiceWithLog();
    await service.record(someEvents(2));
    await env.DB.prepare("ALTER TABLE log_bundles RENAME TO log_bundles_away").run();
    expect(await service.consume()).toBe(true);
    await env.DB.prepare("ALTER TABLE log_bundles_away RENAME TO log_bundles").run();
    expect(await stateOf()).toBeNull();
    await service.sweep();
    expect((await expectWholeLog()).size).toBe(2);
  });

  it("is recorded and delivered all the same with a bad LOG_KEY, which /health names", async () => {
    const service = aServiceWithLog({ LOG_KEY: "bad" });
    expect((await service.record(someEvents(2))).status).toBe(200);
    await service.sweep();
    expect((await service.list("")).events).toHaveLength(2);
    expect(await stateOf()).toBeNull();
    expect((await service.request("/health")).status).toBe(500);
  });
});
