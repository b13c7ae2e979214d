import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { Fetch } from "../../src/client/token-source.ts";
import type { EventType } from "../../src/schemas/event.ts";
import { aClient, cut, unavailable } from "../support/client.ts";
import type { SentEvent } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { propertyRuns } from "../support/property-runs.ts";

vi.setConfig({ testTimeout: 60_000 });

const service = aService();
const READER = { groups: ["team"] };

const TYPES: EventType[] = ["USER_SIGNUP", "ADD_BUILD", "TEAM_CREATED"];
const FAULTS = ["none", "no way", "lost answer", "503", "429", "cut", "repeated", "nothing new"] as const;

/** One request: the events that are recorded before it, and its fault. */
interface Step {
  recorded: Pick<SentEvent, "type" | "state_project" | "allowed_groups">[];
  fault: (typeof FAULTS)[number];
}

function aStep(): fc.Arbitrary<Step> {
  const event = fc.record(
    {
      type: fc.constantFrom(...TYPES),
      state_project: fc.constantFrom("shop", "bank"),
      allowed_groups: fc.constantFrom<string[][]>(["team"], ["others"], []),
    },
    { requiredKeys: ["type"] },
  );
  return fc.record({
    recorded: fc.array(event, { maxLength: 5 }),
    fault: fc.oneof({ weight: 2, arbitrary: fc.constant<Step["fault"]>("none") }, fc.constantFrom(...FAULTS)),
  });
}

/** The recorded events, and a network with the faults of the steps; after the last step it has none. */
function aWorld(steps: Step[]) {
  const history: SentEvent[] = [];
  const left = [...steps];
  const world = { history, isQuiet: false, between };

  function between(send: Fetch): Fetch {
    let previous: Response | undefined;
    return async (url, init) => {
      const step = left.shift();
      world.isQuiet = step === undefined;
      await recordAll(step?.recorded ?? []);
      const repeated = previous?.clone();
      if (step?.fault === "no way") throw new TypeError("fetch failed");
      const answer = await send(url, init);
      if (answer.status === 200) previous = answer.clone();
      switch (step?.fault) {
        case undefined:
        case "none":
          return answer;
        case "lost answer":
          throw new TypeError("connection reset");
        case "503":
          return unavailable("1");
        case "429":
          return new Response("slow down", { status: 429 });
        case "cut":
          return cut(await answer.text());
        case "repeated":
          return repeated ?? answer;
        case "nothing new":
          return new Response(null, { status: 304 });
      }
    };
  }

  async function recordAll(fields: Step["recorded"]): Promise<void> {
    if (fields.length === 0) return;
    const events = fields.map((one, index) => ({
      ...one,
      username: `event ${history.length + index}`,
    }));
    expect((await service.record(events)).status).toBe(200);
    history.push(...events);
  }

  return world;
}

it("yields each visible event once, in order, through any faults, and wherever it is stopped and continued", async () => {
  const property = fc.asyncProperty(
    fc.array(aStep(), { maxLength: 12 }),
    fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }),
    fc.constantFrom("everything" as const, ["state", "shop"] as const),
    fc.subarray(TYPES),
    fc.integer({ min: 1, max: 4 }),
    async (steps, cuts, listing, type, page_size) => {
      await forgetEverything();
      const world = aWorld(steps);
      const { follow } = aClient(service, { reader: READER, between: world.between });
      const seen: { id: string; username?: string | undefined }[] = [];

      /** Continues after the last event, for `limit` events or until an empty page. */
      const read = async (limit: number): Promise<void> => {
        const end = seen.length + limit;
        for await (const page of follow(listing, { after: seen.at(-1)?.id ?? "0", page_size, type }).pages()) {
          for (const event of page) if (seen.push(event) >= end) return;
          if (world.isQuiet && page.length === 0) return;
        }
      };
      for (const limit of [...cuts, Infinity]) await read(limit);

      const visible = world.history.filter(
        ({ type: one, state_project, allowed_groups }) =>
          (type.length === 0 || type.includes(one)) &&
          (listing === "everything" || state_project === "shop") &&
          (allowed_groups?.includes("team") ?? true),
      );
      expect(seen.map(({ username }) => username)).toEqual(visible.map(({ username }) => username));
      const ids = seen.map(({ id }) => BigInt(id));
      expect(ids.every((id, index) => id > (ids[index - 1] ?? 0n))).toBe(true);
    },
  );
  await fc.assert(property, { numRuns: propertyRuns() });
});
