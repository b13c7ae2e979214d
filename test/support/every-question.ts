import { aService } from "./service.ts";
import { AUDITOR_GROUP } from "./model.ts";
import { someEvents } from "./factories.ts";
import { FORMS, type Question } from "./reader-questions.ts";

/** The groups of two readers. The second one has so many feeds that a recursive query merges them. */
const READERS = [["team-1"], Array.from({ length: 9 }, (_, number) => `team-${number}`)];

const NARROWINGS: Question["narrowing"][] = [{}, { username: "user 1", since: "120" }];

const CURSORS = ["newest", "page_from", "page_after"] as const;

/** One event is too large for a joined page of 50. */
const LARGE = "x".repeat(30_000);

/** Records a history for `everyQuestion`. Returns the IDs of its events. */
export async function recordForQuestions(): Promise<number[]> {
  const service = aService({ AUDITOR_GROUPS: AUDITOR_GROUP });
  const events = someEvents(70, (index) => ({
    type: index % 3 === 0 ? "TEAM_DELETED" : "USER_SIGNUP",
    timestamp: `${10 * index}`,
    username: `user ${index % 4}`,
    state_project: index % 2 === 0 ? "shop" : "vault",
    ...(index % 5 > 0 && { allowed_groups: [`team-${index % 5}`, `team-${index % 11}`] }),
    ...(index === 12 && { data: { text: LARGE } }),
  }));
  await service.record(events);
  const { events: listed } = await service.list("?page_size=500", { groups: [AUDITOR_GROUP] });
  return listed.map(({ id }) => Number(id)).toReversed();
}

/** Every form but proofs, for each reader, cursor and filter. `pick` chooses the cursor. */
export function everyQuestion(pick: number): Question[] {
  const ofForm = (form: Question["form"]): Pick<Question, "cursor" | "size" | "narrowing">[] => {
    if (form === "event") return [{ cursor: "newest", size: 50, narrowing: {} }];
    const sizes = form === "application/json" ? [7, 50] : [50];
    return CURSORS.flatMap((cursor) =>
      sizes.flatMap((size) => NARROWINGS.map((narrowing) => ({ cursor, size, narrowing }))),
    );
  };
  const place = { tree: undefined, names: [], filters: {} };
  return FORMS.filter((form) => form !== "proof").flatMap((form) =>
    READERS.flatMap((groups) => ofForm(form).map((more) => ({ form, groups, place, pick, isCold: false, ...more }))),
  );
}
