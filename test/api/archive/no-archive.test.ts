import { beforeEach, expect, it } from "vitest";
import { costOf } from "../../support/cost.ts";
import { everyQuestion, recordForQuestions } from "../../support/every-question.ts";
import { AUDITOR_GROUP } from "../../support/model.ts";
import { askedOf } from "../../support/reader-questions.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";

beforeEach(forgetEverything);

/** A service in a new isolate, and the number of rows that it has read. The secret is part of the edge cache's keys. */
function aNewIsolate() {
  const service = aService({ AUDITOR_GROUPS: AUDITOR_GROUP, INTERNAL_TOKEN: crypto.randomUUID() });
  const isolate = {
    rowsRead: 0,
    get: service.get,
    async request(...request: Parameters<typeof service.request>) {
      const response = await service.request(...request);
      isolate.rowsRead += costOf(response).rowsRead;
      return response;
    },
  };
  return isolate;
}

it("an isolate that knows that nothing is archived answers as a new one, and reads no more rows", async () => {
  const ids = await recordForQuestions();
  for (const question of everyQuestion(30)) {
    const [unknowing, knowing] = [aNewIsolate(), aNewIsolate()];
    await knowing.get(`/api/v1/events/${ids[0]}`);
    const expected = await askedOf(unknowing, question, ids);
    expect(await askedOf(knowing, question, ids), JSON.stringify(question)).toEqual(expected);
    expect(knowing.rowsRead, JSON.stringify(question)).toBeLessThanOrEqual(unknowing.rowsRead);
    expect(knowing.rowsRead, JSON.stringify(question)).toBeGreaterThan(0);
  }
});
