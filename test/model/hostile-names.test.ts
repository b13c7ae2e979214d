import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { NewSubscription } from "../../src/schemas/subscription.ts";
import { aName, HOSTILE_NAMES } from "../support/arbitraries.ts";
import { anEvent, aSubscription, type SentEvent } from "../support/factories.ts";
import { LEVELS, type Tree } from "../support/model.ts";
import { aQueue } from "../support/queue.ts";
import { aService, listingPath, withQuery } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { propertyRuns } from "../support/property-runs.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeEach(forgetEverything);

const { record, list, get, subscribe } = aService({ AUDITOR_GROUPS: "audit", DELIVERIES: aQueue().binding });

/** The place of an event as a text. No two places have the same text. */
const addressOf = (tree: Tree, names: string[]) => JSON.stringify([tree, ...names]);

const eventAt = (tree: Tree, names: string[], fields: Partial<SentEvent> = {}) =>
  anEvent({
    ...Object.fromEntries(names.map((name, depth) => [LEVELS[tree][depth], name])),
    data: { address: addressOf(tree, names) },
    ...fields,
  });

async function addressesAt(path: string, groups: string[] = []): Promise<unknown[]> {
  const { events } = await list(withQuery(path, { page_size: 500 }), { groups });
  return events.map(({ data }) => data?.["address"]).toReversed();
}

const filtersFor = (tree: Tree, names: string[]) =>
  withQuery("", Object.fromEntries(names.map((name, depth) => [LEVELS[tree][depth], name])));

const anAddress = () =>
  fc.record({
    tree: fc.constantFrom<Tree[]>("inventory", "project"),
    names: fc.array(aName(), { minLength: 1, maxLength: 3 }),
  });

describe("a name", () => {
  it.each(["inventory", "project"] as const)(
    "in the tree %s finds exactly the events that were recorded below it, at each level",
    async (tree) => {
      const addresses = HOSTILE_NAMES.flatMap((name) => [[name], ["shop", name], ["shop", "web", name]]);
      for (let start = 0; start < addresses.length; start += 100) {
        const events = addresses.slice(start, start + 100).map((names) => eventAt(tree, names));
        expect((await record(events)).status).toBe(200);
      }
      for (const names of addresses) {
        const below = addresses.filter((other) => names.every((name, depth) => other[depth] === name));
        const expected = below.map((other) => addressOf(tree, other));
        expect(await addressesAt(listingPath(tree, ...names))).toEqual(expected);
        expect(await addressesAt(filtersFor(tree, names))).toEqual(expected);
      }
    },
  );

  it("of any characters is found by its own path and filter, and not by those of other names", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anAddress(), { minLength: 2, maxLength: 8 }), async (addresses) => {
        await forgetEverything();
        await record(addresses.map(({ tree, names }) => eventAt(tree, names)));
        for (const { tree, names } of addresses) {
          const expected = addresses
            .filter((other) => other.tree === tree && names.every((name, depth) => other.names[depth] === name))
            .map((other) => addressOf(other.tree, other.names));
          expect(await addressesAt(listingPath(tree, ...names))).toEqual(expected);
          expect(await addressesAt(filtersFor(tree, names))).toEqual(expected);
        }
      }),
      { numRuns: propertyRuns() },
    );
  });

  it("of 255 UTF-16 code units is stored whole", async () => {
    const [long, longer] = ["🛍".repeat(127), `${"🛍".repeat(127)}x`];
    await record([eventAt("inventory", [long]), eventAt("inventory", [longer])]);
    expect(await addressesAt(listingPath("inventory", longer))).toEqual([addressOf("inventory", [longer])]);
    expect(await addressesAt(listingPath("inventory", long))).toEqual([addressOf("inventory", [long])]);
  });
});

describe("a group's name", () => {
  const forGroup = (group: string) =>
    eventAt("inventory", ["shop"], { allowed_groups: [group], data: { address: group } });

  it("shows the events for that group, and no events for another group, for auditors or for nobody", async () => {
    for (let start = 0; start < HOSTILE_NAMES.length; start += 100) {
      await record(HOSTILE_NAMES.slice(start, start + 100).map(forGroup));
    }
    await record(eventAt("inventory", ["shop"], { allowed_groups: [], data: { address: "nobody's" } }));
    for (const group of HOSTILE_NAMES) {
      expect(await addressesAt("", [group])).toEqual([group]);
      expect(await addressesAt(listingPath("inventory", "shop"), [group])).toEqual([group]);
    }
    expect(await addressesAt("", [])).toEqual([]);
    expect(await addressesAt("", ["audit"])).toEqual([...HOSTILE_NAMES, "nobody's"]);
  });

  it("of any characters shows the events for that group, in a listing and by ID", async () => {
    const groups = fc.uniqueArray(aName(), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(groups, fc.nat(5), async (names, pick) => {
        await forgetEverything();
        const ids: string[] = [];
        for (const name of names) ids.push((await record(forGroup(name))).headers.get("Location") ?? "");
        const mine = pick % names.length;
        const reader = [names[mine] ?? ""];
        expect(await addressesAt("", reader)).toEqual(reader);
        for (const [index, id] of ids.entries()) {
          expect((await get(id, { groups: reader })).status).toBe(index === mine ? 200 : 404);
        }
      }),
      { numRuns: propertyRuns() },
    );
  });
});

describe("a subscription", () => {
  /** The deliveries, each as an event's username and the place of its subscription in the set. */
  async function deliveriesTo(ids: number[]): Promise<string[]> {
    const { results } = await env.DB.prepare(
      "SELECT username, subscription_id AS id FROM deliveries JOIN events ON events.id = event_id",
    ).all<{ username: string; id: number }>();
    return results.map(({ username, id }) => `${username} to ${ids.indexOf(id)}`).toSorted();
  }

  async function subscribed(all: string[], subscriptions: Partial<NewSubscription>[]): Promise<number[]> {
    const answer = await subscribe("shop", subscriptions.map(aSubscription), all);
    return (await answer.json<{ id: string }[]>()).map(({ id }) => Number(id));
  }

  it("gets the events of its types for everyone or for one of its groups, whatever the names of the groups are", async () => {
    const type = fc.constantFrom("USER_SIGNUP", "CREATE_STATE_PROJECT", "UPDATE_STATE_PROJECT_USER_ACL");
    const sets = fc
      .uniqueArray(fc.oneof(aName(), fc.constantFrom(",", "[", "x[", '",', ',"')), { minLength: 2, maxLength: 8 })
      .chain((all) =>
        fc.record({
          all: fc.constant(all),
          subscriptions: fc.array(
            fc.record(
              { allowed_groups: fc.subarray(all), event_types: fc.uniqueArray(type, { minLength: 1 }) },
              { requiredKeys: ["allowed_groups"] },
            ),
            { minLength: 1, maxLength: 4 },
          ),
          events: fc.array(fc.record({ type, allowed_groups: fc.subarray(all) }, { requiredKeys: ["type"] }), {
            minLength: 1,
            maxLength: 6,
          }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(sets, async ({ all, subscriptions, events }) => {
        await forgetEverything();
        const ids = await subscribed(all, subscriptions);
        await record(events.map((event, index) => eventAt("project", ["shop"], { username: `${index}`, ...event })));
        const expected = events.flatMap(({ type: eventType, allowed_groups: theirs }, event) =>
          subscriptions.flatMap(({ event_types: types, allowed_groups: mine }, index) => {
            const isTaken = types === undefined || types.includes(eventType);
            const maySee = theirs === undefined || theirs.some((group) => mine.includes(group));
            return isTaken && maySee ? [`${event} to ${index}`] : [];
          }),
        );
        expect(await deliveriesTo(ids)).toEqual(expected.toSorted());
      }),
      { numRuns: propertyRuns() },
    );
  });

  it.each<[string, string[][]]>([
    [
      ",",
      [
        ["a", "b"],
        ["a,", "b"],
        ["a,", ",b"],
        ["a[", ",b"],
        [",,", "b"],
        [",", "b"],
        ["b", ","],
      ],
    ],
    ["x", [['"x'], ['a"x'], ['a,"x'], ["x,"], ["[x"], ['x"'], ["a", "b,x"], ["\\x"], ["x"], ["a", "x"]]],
    ['"', [["\\"], ['""'], ['\\"'], ["a", '"'], ['"', "a"]]],
  ])("does not get events for the group %j because the names of its groups contain that text", async (group, sets) => {
    const ids = await subscribed(
      [...new Set(sets.flat())],
      sets.map((allowed_groups) => ({ allowed_groups })),
    );
    await record(eventAt("project", ["shop"], { username: "it", allowed_groups: [group] }));
    const expected = sets.flatMap((groups, index) => (groups.includes(group) ? [`it to ${index}`] : []));
    expect(await deliveriesTo(ids)).toEqual(expected);
  });
});
