import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { archiveTo } from "../../support/archive-to.ts";
import { costOf } from "../../support/cost.ts";
import { everyQuestion, recordForQuestions } from "../../support/every-question.ts";
import { AUDITOR_GROUP } from "../../support/model.ts";
import { askedOf } from "../../support/reader-questions.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";
import { tokenOf } from "../../support/tokens.ts";

beforeEach(forgetEverything);

const AUDITOR = { groups: [AUDITOR_GROUP] };

/** A service in a new isolate. The secret is part of the edge cache's keys. */
const aNewIsolate = () => aService({ AUDITOR_GROUPS: AUDITOR_GROUP, INTERNAL_TOKEN: crypto.randomUUID() });

/** An isolate that has seen that nothing is archived. */
async function anIsolateWithoutArchive() {
  const isolate = aNewIsolate();
  await isolate.get("/api/v1/events/1", AUDITOR);
  return isolate;
}

describe("an isolate that has seen no archive, after the first events are archived,", () => {
  it("answers each question as before", async () => {
    const ids = await recordForQuestions();
    const questions = everyQuestion(30);
    const isolates = await Promise.all(questions.map(anIsolateWithoutArchive));
    const before: unknown[] = [];
    for (const question of questions) before.push(await askedOf(aNewIsolate(), question, ids));
    await archiveTo(ids[45] ?? 0, { keepUpTo: 2 });
    for (const [index, isolate] of isolates.entries()) {
      const question = questions[index];
      if (question === undefined) throw new Error("there is an isolate for each question");
      expect(await askedOf(isolate, question, ids), JSON.stringify(question)).toEqual(before[index]);
    }
  });

  it("answers as before if the events are deleted, and not archived", async () => {
    const ids = await recordForQuestions();
    const isolate = await anIsolateWithoutArchive();
    const [deleted, kept] = [ids[40] ?? 0, ids[41] ?? 0];
    await env.DB.prepare("INSERT INTO archive_state (id, deleted_to) VALUES (1, ?1)").bind(deleted).run();
    const { events } = await isolate.list("?page_size=500", AUDITOR);
    expect(events.map(({ id }) => Number(id))).toEqual(ids.slice(41).toReversed());
    expect((await isolate.get(`/api/v1/events/${deleted}`, AUDITOR)).status).toBe(404);
    expect((await isolate.get(`/api/v1/events/${kept}`, AUDITOR)).status).toBe(200);
  });

  it.each([
    ["a page", "/api/v1/events/query/"],
    ["a page in the other direction", "/api/v1/events/query/?page_after=0"],
    ["a page with a filter", "/api/v1/events/query/?username=nobody"],
    ["an empty page", "/api/v1/events/query/?page_from=1"],
    ["a CSV file", "/api/v1/events/query/?page_size=500", "text/csv"],
    ["an event", "/api/v1/events/1"],
  ])("takes a second query for %s, and then one for each request", async (_, path, accept = "*/*") => {
    const ids = await recordForQuestions();
    const isolate = await anIsolateWithoutArchive();
    const headers = { Authorization: `Bearer ${await tokenOf(AUDITOR)}`, Accept: accept };
    const ask = async () => costOf(await isolate.request(path, { headers })).queries;
    expect(await ask()).toBe(1);
    await archiveTo(ids[45] ?? 0);
    expect(await ask()).toBe(2);
    expect(await ask()).toBe(1);
  });

  it("reads the page and the chart of the console again together, and once from then on", async () => {
    const ids = await recordForQuestions();
    const isolate = await anIsolateWithoutArchive();
    const before = await isolate.get("/", AUDITOR);
    await archiveTo(ids[45] ?? 0);
    const batch = vi.spyOn(Object.getPrototypeOf(env.DB.withSession()), "batch");
    const after = await isolate.get("/", AUDITOR);
    expect(batch).toHaveBeenCalledTimes(2);
    expect(await after.text()).toBe(await before.text());
    await isolate.get("/", AUDITOR);
    expect(batch).toHaveBeenCalledTimes(3);
    vi.restoreAllMocks();
  });
});
