import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { contextFor, type Context } from "../../../src/context.ts";
import type { Submission, Witness } from "../../../src/domain/log/ask-for-cosignature.ts";
import { collectCosignatures } from "../../../src/domain/log/collect-cosignatures.ts";
import { findCosignedCheckpoint } from "../../../src/domain/log/cosigned-checkpoint.ts";
import type { Log } from "../../../src/lib/log.ts";
import { listWitnessStates } from "../../../src/store/log/witness-rows.ts";
import { cosignedAt } from "../../../src/tlog/cosignature.ts";
import { parseVerifierKey } from "../../../src/tlog/note-key.ts";
import { isSignedBy, parseNote } from "../../../src/tlog/signed-note.ts";
import { aWitness } from "../../support/witness.ts";
import { aLogOf } from "./submissions.ts";

const MINUTE_MS = 60_000;
/** The timeout for witnesses that never respond. */
const HASTE_SECONDS = 0.2;

let now: number;
let lines: Parameters<Log>[0][];
beforeEach(() => {
  now = Date.UTC(2026, 10, 23);
  lines = [];
});

function aContext(more: Partial<Context> = {}): Context {
  const context = contextFor(env, { waitUntil: () => undefined });
  return { ...context, now: () => now, log: (line) => void lines.push(line), ...more };
}

const log = await aLogOf(700);
const { origin } = log;

/** Collects the cosignatures of one minute, and then sets the clock a minute forward. */
async function collect(
  witnesses: Witness[],
  submission: Submission,
  { timeoutSeconds = 5, context = aContext() } = {},
): Promise<void> {
  await collectCosignatures(context, { origin, witnesses }, submission, timeoutSeconds);
  now += MINUTE_MS;
}

async function cosignedBy(...witnesses: Witness[]) {
  return findCosignedCheckpoint(aContext().db, { origin, witnesses });
}

async function stateOf(vkey: string) {
  const [state] = await listWitnessStates(aContext().db, { origin, witnesses: [vkey] });
  return state;
}

describe("a witness", () => {
  it("cosigns each checkpoint from the one before, and everybody can verify it", async () => {
    const { witness, requests, checkpointOf } = await aWitness(log.vkey);
    for (const size of [0, 1, 200, 256, 257, 700]) {
      await collect([witness], await log.submissionOf(size));
      const cosigned = await cosignedBy(witness);
      expect(cosigned?.size).toBe(size);
      const note = parseNote(cosigned?.note ?? "");
      const key = parseVerifierKey(log.vkey);
      if (note === undefined || key === undefined) throw new Error("the cosigned checkpoint was not read");
      expect(await isSignedBy(note, key)).toBe(true);
      expect(await cosignedAt(note, witness.key)).toBeCloseTo(Date.now() / 1000, -2);
      expect(await checkpointOf(origin)).toBe(cosigned?.note);
    }
    const olds = (await requests()).map((body) => body.split("\n")[0]);
    expect(olds).toEqual(["old 0", "old 0", "old 1", "old 200", "old 256", "old 257"]);
  });

  it("is asked no more once it has cosigned the newest checkpoint", async () => {
    const { witness, requests } = await aWitness(log.vkey);
    const submission = await log.submissionOf(5);
    await collect([witness], submission);
    await collect([witness], submission);
    expect(await requests()).toHaveLength(1);
  });

  it("is asked at most once a minute, however fast the log grows and however many ask", async () => {
    const { witness, requests } = await aWitness(log.vkey);
    const ask = async (size: number) =>
      collectCosignatures(aContext(), { origin, witnesses: [witness] }, await log.submissionOf(size));
    await Promise.all([ask(10), ask(10), ask(11)]);
    now += MINUTE_MS - 1;
    await ask(20);
    expect(await requests()).toHaveLength(1);
    now += 1;
    await ask(30);
    expect(await requests()).toHaveLength(2);
    expect((await cosignedBy(witness))?.size).toBe(30);
  });

  it("that already has a part of the log says from where, and is asked from there", async () => {
    const { witness, requests, vkey } = await aWitness(log.vkey);
    await collect([witness], await log.submissionOf(300));
    await env.DB.prepare("DELETE FROM log_witnesses").run();
    await collect([witness], await log.submissionOf(700));
    expect((await requests()).map((body) => body.split("\n")[0])).toEqual(["old 0", "old 0", "old 300"]);
    expect(await stateOf(vkey)).toMatchObject({ cosigned: { size: 700 }, failure: undefined });
  });

  it("whose answer was lost is asked again for the same checkpoint, and cosigns it", async () => {
    const { witness, behave } = await aWitness(log.vkey);
    const submission = await log.submissionOf(300);
    await behave({ kind: "hangs up" });
    await collect([witness], submission);
    expect(await cosignedBy(witness)).toBeUndefined();
    await behave({});
    await collect([witness], submission);
    expect((await cosignedBy(witness))?.size).toBe(300);
  });

  it("that has cosigned a larger tree than there is, is reported, and asked again when the log has caught up", async () => {
    const { witness, vkey, requests } = await aWitness(log.vkey);
    await collect([witness], await log.submissionOf(300));
    await env.DB.prepare("DELETE FROM log_witnesses").run();
    for (let minute = 0; minute < 2; minute++) {
      await collect([witness], await log.submissionOf(200));
      const failure = "the witness has cosigned a larger tree: 300 entries, and this checkpoint has 200";
      expect(await stateOf(vkey)).toMatchObject({ cosigned: undefined, failure });
    }
    await collect([witness], await log.submissionOf(400));
    expect(await stateOf(vkey)).toMatchObject({ cosigned: { size: 400 }, failure: undefined });
    expect((await requests()).at(-1)).toMatch(/^old 300\n/);
  });

  it("refuses a log that has forked, and keeps its cosignature of the log as it was", async () => {
    const { witness, vkey, checkpointOf } = await aWitness(log.vkey);
    await collect([witness], await log.submissionOf(300));
    const cosigned = await cosignedBy(witness);
    const fork = await aLogOf(400, { salt: "fork " });
    await collect([witness], await fork.submissionOf(400));
    expect(lines.at(-1)).toEqual({
      event: "witness_failed",
      witness: witness.key.name,
      origin: new URL(witness.url).origin,
      error: "the witness found that the tree does not extend the one that it has cosigned",
    });
    expect(await stateOf(vkey)).toMatchObject({ cosigned: { size: 300 }, failure: expect.any(String) });
    expect(await cosignedBy(witness)).toEqual(cosigned);
    expect(await checkpointOf(origin)).toBe(cosigned?.note);
  });

  it("that does not know the log's key says so by 404", async () => {
    const { witness, vkey } = await aWitness();
    await collect([witness], await log.submissionOf(1));
    expect((await stateOf(vkey))?.failure).toBe("the witness does not know this log");
  });

  it("that trusts another key of the same name says so by 403", async () => {
    const other = `${origin}+00000000+${new Uint8Array(33).fill(1).toBase64()}`;
    const { witness, vkey } = await aWitness(other);
    await collect([witness], await log.submissionOf(1));
    expect((await stateOf(vkey))?.failure).toBe("the witness accepts none of the checkpoint's signatures");
  });
});

const SIZE = "text/x.tlog.size";

describe("a witness that does not keep to the rules", () => {
  it.each([
    [{ kind: "silent" }, "no response within 0.2 s"],
    [{ kind: "slow body" }, "the response is not made of signature lines"],
    [{ kind: "hangs up" }, "could not connect, or the connection was lost"],
    [{ kind: "other key" }, "the response has no signature by the witness's key"],
    [{ kind: "bad signature" }, "the cosignature does not verify by the witness's key"],
    [{ answer: { status: 200, body: "<html>\n" } }, "the response is not made of signature lines"],
    [{ answer: { status: 200, body: "" } }, "the response is not made of signature lines"],
    [
      { answer: { status: 200, body: "— a AAAAAAA=\n", repeat: 1_000_000 } },
      "the response is not made of signature lines",
    ],
    [{ answer: { status: 500, body: "x", repeat: 10_000_000 } }, "the status is 500"],
    [{ answer: { status: 307, body: "", location: "/elsewhere/add-checkpoint" } }, "the status is 307"],
    [{ answer: { status: 409, body: "3\n" } }, "the conflict does not say which size it is with"],
    [{ answer: { status: 409, contentType: SIZE, body: "-3\n" } }, "the conflict does not say which size it is with"],
    [{ answer: { status: 409, contentType: SIZE, body: "3\n" } }, "the witness says another size each time"],
  ] as const)("%j is no cosigner: %s", async (behaviour, failure) => {
    const { witness, vkey, behave } = await aWitness(log.vkey);
    await behave(behaviour);
    await collect([witness], await log.submissionOf(300), { timeoutSeconds: HASTE_SECONDS });
    expect(await stateOf(vkey)).toMatchObject({ cosigned: undefined, failure });
    expect(lines).toEqual([expect.objectContaining({ event: "witness_failed", error: failure })]);
    await behave({});
    await collect([witness], await log.submissionOf(300));
    expect((await cosignedBy(witness))?.size).toBe(300);
  });

  it("is asked twice at most, whatever it answers", async () => {
    const { witness, behave, requests } = await aWitness(log.vkey);
    await behave({ answer: { status: 409, contentType: SIZE, body: "3\n" } });
    await collect([witness], await log.submissionOf(300));
    expect((await requests()).map((body) => body.split("\n")[0])).toEqual(["old 0", "old 3"]);
  });

  it("delays no other, however many are asked", async () => {
    const all = await Promise.all(Array.from({ length: 16 }, () => aWitness(log.vkey)));
    const slow = all.slice(0, 3).map(({ witness }) => witness);
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const network: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (slow.some(({ url }) => new Request(input).url.startsWith(url))) await answered;
      return response;
    };
    const witnesses = all.map(({ witness }) => witness);
    const collecting = collect(witnesses, await log.submissionOf(300), { context: aContext({ fetch: network }) });
    const countCosigned = async () => (await cosignedBy(...witnesses))?.note.match(/^— witness/gm)?.length;
    await expect.poll(countCosigned, { timeout: 4000 }).toBe(13);
    answer();
    await collecting;
    expect(await countCosigned()).toBe(16);
    expect(lines).toEqual([{ event: "log_cosigned", size: 300, witnesses: 16 }]);
  });

  it("costs its cosignature alone when D1 fails on it", async () => {
    const [one, other] = [await aWitness(log.vkey), await aWitness(log.vkey)];
    const { db, ...context } = aContext();
    const prepare = (sql: string) => {
      if (sql.includes("SET size = ?3")) throw new Error("D1_ERROR: Network connection lost.");
      return db.prepare(sql);
    };
    await collect([one.witness, other.witness], await log.submissionOf(300), {
      context: { ...context, db: { ...db, prepare } },
    });
    expect(lines.map(({ event }) => event)).toEqual(["witness_failed", "witness_failed"]);
    await collect([one.witness, other.witness], await log.submissionOf(300));
    expect((await cosignedBy(one.witness, other.witness))?.note.match(/^— witness/gm)).toHaveLength(2);
  });
});

describe("the newest cosigned checkpoint", () => {
  it("bears the cosignatures of all that have cosigned it, and no older ones", async () => {
    const [one, two, three] = [await aWitness(log.vkey), await aWitness(log.vkey), await aWitness(log.vkey)];
    const all = [one.witness, two.witness, three.witness];
    await collect(all, await log.submissionOf(100));
    await three.behave({ answer: { status: 503, body: "" } });
    await collect(all, await log.submissionOf(200));
    const cosigned = await cosignedBy(...all);
    const note = parseNote(cosigned?.note ?? "");
    expect(note?.text).toBe((await log.submissionOf(200)).text);
    expect(note?.signatures.map(({ name }) => name).toSorted()).toEqual(
      [origin, one.witness.key.name, two.witness.key.name].toSorted(),
    );
    expect((await cosignedBy(three.witness))?.size).toBe(100);
  });

  it("is none while no witness has cosigned, and of no witness that the configuration has dropped", async () => {
    const { witness } = await aWitness(log.vkey);
    expect(await cosignedBy(witness)).toBeUndefined();
    await collect([witness], await log.submissionOf(100));
    expect(await cosignedBy((await aWitness(log.vkey)).witness)).toBeUndefined();
    expect(await findCosignedCheckpoint(aContext().db, { origin: "other", witnesses: [witness] })).toBeUndefined();
  });

  it("does not become older when an old cosignature comes late", async () => {
    const { witness, vkey } = await aWitness(log.vkey);
    const older = await log.submissionOf(100);
    const newer = await log.submissionOf(200);
    // The response for the older checkpoint arrives after the newer checkpoint is cosigned.
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const late: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      await answered;
      return response;
    };
    const collecting = collectCosignatures(aContext({ fetch: late }), { origin, witnesses: [witness] }, older);
    await expect.poll(async () => (await stateOf(vkey))?.askedAt).toBe(now);
    now += MINUTE_MS;
    await expect
      .poll(async () => {
        await collect([witness], newer);
        return (await cosignedBy(witness))?.size;
      })
      .toBe(200);
    answer();
    await collecting;
    expect((await cosignedBy(witness))?.size).toBe(200);
  });
});

describe("a new witness", () => {
  it("waits for its turn beside the others, so that they cosign the same checkpoints", async () => {
    const [old, fresh] = [await aWitness(log.vkey), await aWitness(log.vkey)];
    const ask = async (size: number) =>
      collectCosignatures(
        aContext(),
        { origin, witnesses: [old.witness, fresh.witness] },
        await log.submissionOf(size),
      );
    await collect([old.witness], await log.submissionOf(10));
    now -= MINUTE_MS / 2;
    await ask(20);
    expect(await fresh.requests()).toEqual([]);
    now += MINUTE_MS / 2;
    await ask(30);
    expect((await cosignedBy(old.witness, fresh.witness))?.note.match(/^— witness/gm)).toHaveLength(2);
  });
});
