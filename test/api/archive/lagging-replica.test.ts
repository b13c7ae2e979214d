import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { archiveTo } from "../../support/archive-to.ts";
import { everyQuestion, recordForQuestions } from "../../support/every-question.ts";
import { AUDITOR_GROUP } from "../../support/model.ts";
import { askedOf } from "../../support/reader-questions.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";
import { openUnmoved } from "../../support/unmoved.ts";

beforeEach(forgetEverything);

const AUDITOR = { groups: [AUDITOR_GROUP] };

type Replica = "current" | "behind";

/** One isolate, whose sessions are on one of two databases. The second one does not know of the archive yet. */
function aServiceOn(behind: D1Database, first: Replica) {
  const databases = { current: env.DB, behind };
  let reached = first;
  const withSession: D1Database["withSession"] = (start) => databases[reached].withSession(start);
  const service = aService({
    AUDITOR_GROUPS: AUDITOR_GROUP,
    INTERNAL_TOKEN: crypto.randomUUID(),
    DB: { withSession } as D1Database, // the service calls nothing else
  });
  return {
    ...service,
    reach(replica: Replica) {
      reached = replica;
    },
  };
}

describe("an isolate whose last request reached a replica", () => {
  it.each<[string, Replica, Replica]>([
    ["that did not know the boundary yet answers as before", "behind", "current"],
    ["that knew the boundary answers as before, also if the next replica does not", "current", "behind"],
  ])("%s", async (_, last, next) => {
    const copy = await openUnmoved();
    const ids = await recordForQuestions();
    await copy.follow();
    await archiveTo(ids[45] ?? 0, { keepUpTo: 2 });
    const unmoved = aServiceOn(copy.db, "behind");
    for (const question of everyQuestion(30)) {
      const isolate = aServiceOn(copy.db, last);
      expect((await isolate.get(`/api/v1/events/${ids[40]}`, AUDITOR)).status).toBe(200);
      isolate.reach(next);
      const expected = await askedOf(unmoved, question, ids);
      expect(await askedOf(isolate, question, ids), JSON.stringify(question)).toEqual(expected);
    }
  });
});
