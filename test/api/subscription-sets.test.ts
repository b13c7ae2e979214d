import { beforeEach, describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../src/schemas/event.ts";
import type { Subscription } from "../../src/schemas/subscription.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService();
const SHOP = "/api/v1/events/subscriptions/project/shop/";
const OWNER = "project:shop:global:owner";
const URL_ = "https://hooks.example.com/in";
const webhook = { type: "webhook", url: URL_ };
const slack = { type: "slack", url: "https://hooks.slack.com/services/T/B/x" };

async function put(body: unknown, groups: string[] = ["devs"]): Promise<Response> {
  return service.request(SHOP, {
    method: "PUT",
    headers: {
      Authorization: `Bearer ${await tokenOf({ groups: [OWNER, ...groups] })}`,
      "Content-Type": "application/json",
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function get(): Promise<Response> {
  return service.request(SHOP, { headers: { Authorization: `Bearer ${await tokenOf({ groups: [OWNER] })}` } });
}

async function stored(response: Response | Promise<Response>): Promise<Subscription[]> {
  const answer = await response;
  expect(answer.status).toBe(200);
  return answer.json();
}

const named = (count: number, name = "group") => Array.from({ length: count }, (_, index) => `${name}-${index}`);
const wide = (index: number) => `${String(index).padStart(4, "0")}${"x".repeat(251)}`;

beforeEach(forgetEverything);

describe("a client that knows no IDs", () => {
  const set = [webhook, { ...webhook, event_types: ["ADD_BUILD"] }, { ...slack, slack_username: "Tidings" }];

  it("changes nothing by sending its set again: no ID, no secret, no pending delivery, no tag", async () => {
    const first = await put(set);
    await service.record({ type: "ADD_BUILD", state_project: "shop" });
    const before = await everythingStored();
    const second = await put(set);
    expect(await stored(second)).toEqual(await stored(first));
    expect(await everythingStored()).toEqual(before);
    expect(second.headers.get("ETag")).toBe(first.headers.get("ETag"));
  });

  it("changes one by sending it with the same type and URL, and deletes what it leaves out", async () => {
    const [first, second, third] = await stored(put(set));
    expect(
      await stored(
        put([
          { ...slack, slack_icon: ":wave:" },
          { ...webhook, enabled: false },
        ]),
      ),
    ).toMatchObject([
      { id: first?.id, enabled: false },
      { id: third?.id, slack_icon: ":wave:" },
    ]);
    expect(await stored(put([webhook, webhook, webhook]))).toMatchObject([
      { id: first?.id },
      { id: expect.not.stringMatching(`^${second?.id}$`) },
      { id: expect.any(String) },
    ]);
  });

  it("updates none that another entry names, and none of another type or URL", async () => {
    const [first] = await stored(put([webhook]));
    const [kept, added, ...others] = await stored(put([webhook, { ...webhook, id: first?.id }]));
    expect([kept?.id, others]).toEqual([first?.id, []]);
    expect(added?.id).not.toBe(first?.id);
    const [other] = await stored(put([{ ...webhook, url: `${URL_}/` }]));
    expect([first?.id, added?.id]).not.toContain(other?.id);
  });

  it("keeps the groups of the one that it updates, even if another owner sends it", async () => {
    await put([webhook], ["devs"]);
    expect(await stored(put([webhook], ["ops"]))).toMatchObject([{ allowed_groups: [OWNER, "devs"] }]);
  });
});

describe("the lists of a subscription", () => {
  it("drop repeated items", async () => {
    const groups = Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? "devs" : OWNER));
    const event_types = Array.from({ length: 100 }, () => "ADD_BUILD");
    expect(await stored(put([{ ...webhook, allowed_groups: groups, event_types }]))).toMatchObject([
      { allowed_groups: ["devs", OWNER], event_types: ["ADD_BUILD"] },
    ]);
  });

  it("hold 200 groups and all 28 types", async () => {
    const groups = named(200);
    expect(await stored(put([{ ...webhook, allowed_groups: groups, event_types: EVENT_TYPES }], groups))).toMatchObject(
      [{ allowed_groups: groups, event_types: EVENT_TYPES }],
    );
  });

  it("hold no 201st group, whether it is named or comes from the token", async () => {
    const groups = named(201);
    expect(await problemOf(await put([{ ...webhook, allowed_groups: groups }], groups))).toMatchObject({
      status: 400,
      errors: [{ path: "0.allowed_groups", message: "must hold at most 200 distinct groups" }],
    });
    expect(await problemOf(await put([webhook], groups))).toMatchObject({
      status: 400,
      errors: [
        {
          path: "0.allowed_groups",
          message: "must list at most 200 of your groups: if it is left out, all 202 are used",
        },
      ],
    });
    expect(await stored(get())).toEqual([]);
  });

  it("name the faulty item by its index in the list as it was sent", async () => {
    expect(await problemOf(await put([{ ...webhook, allowed_groups: ["devs", "devs", ""] }]))).toMatchObject({
      errors: [{ path: "0.allowed_groups.2" }],
    });
  });
});

describe("PUT takes what GET returned", () => {
  it("if the token has groups that cannot be stored: they are left out", async () => {
    const [row] = await stored(put([webhook], ["devs", "x".repeat(256)]));
    expect(row?.allowed_groups).toEqual([OWNER, "devs"]);
    expect(await stored(put(await stored(get())))).toEqual([row]);
  });

  it("if 50 subscriptions have 200 groups of 255 characters each", async () => {
    const groups = Array.from({ length: 199 }, (_, index) => wide(index));
    const set = await stored(
      put(
        Array.from({ length: 50 }, () => webhook),
        groups,
      ),
    );
    expect(set.map(({ allowed_groups }) => allowed_groups.length)).toEqual(set.map(() => 200));
    expect(await stored(put(await stored(get())))).toEqual(set);
  });

  it("so groups that would make the body too large are refused, and the error says what to do", async () => {
    const groups = Array.from({ length: 199 }, (_, index) => `${String(index).padStart(4, "0")}${"界".repeat(251)}`);
    const response = await put(
      Array.from({ length: 50 }, () => webhook),
      groups,
    );
    expect(await problemOf(response)).toMatchObject({
      status: 400,
      detail: expect.stringContaining("list fewer groups"),
    });
  });

  it("if the URL is not allowed any more", async () => {
    const local = { type: "webhook", url: "http://localhost:9999/" };
    const set = await stored(put([local]));
    const strict = aService({ ALLOW_LOCAL_DESTINATIONS: "false" });
    expect(await stored(strict.subscribe("shop", set))).toEqual(set);
    expect(await stored(strict.subscribe("shop", [local]))).toEqual(set);
    await put([{ ...local, enabled: false }]);
    expect((await strict.subscribe("shop", [local])).status).toBe(400);
  });
});

describe("a body of half a million items", () => {
  const zeros = `[${"0,".repeat(519_999)}0]`;
  const numbers = JSON.stringify(Array.from({ length: 520_000 }, (_, number) => number));

  it.each([
    ["groups", `[{"type":"webhook","url":"${URL_}","allowed_groups":${numbers}}]`, "0.allowed_groups"],
    ["types", `[{"type":"webhook","url":"${URL_}","event_types":${numbers}}]`, "0.event_types"],
    ["groups, all the same,", `[{"type":"webhook","url":"${URL_}","allowed_groups":${zeros}}]`, "0.allowed_groups.0"],
    ["subscriptions", zeros, ""],
  ])("instead of %s is refused at once, with one fault", async (_, body, path) => {
    const { status, errors } = await problemOf(await put(body));
    expect({ status, paths: errors?.map((fault) => fault.path) }).toEqual({ status: 400, paths: [path] });
  });

  it("of four is refused before it is read", async () => {
    expect(await problemOf(await put(`[${"0,".repeat(2_000_000)}0]`))).toMatchObject({
      status: 400,
      detail: "The body must not contain more than 1000000 values.",
    });
  });

  it.each([
    ["events", zeros, ""],
    ["groups", `{"type":"USER_SIGNUP","allowed_groups":${zeros}}`, "allowed_groups"],
    ["roles", `{"type":"USER_SIGNUP","allowed_roles":${zeros}}`, "allowed_roles"],
  ])("instead of an event's %s is refused at once, with one fault", async (_, body, path) => {
    const { status, errors } = await problemOf(await service.record(body));
    expect({ status, paths: errors?.map((fault) => fault.path) }).toEqual({ status: 400, paths: [path] });
  });
});

describe("a refusal", () => {
  it("lists at most 100 faults, and the number of the others", async () => {
    const entry = { ...webhook, allowed_groups: Array.from({ length: 150 }, () => "") };
    const { errors, detail } = await problemOf(await put([entry]));
    expect(errors).toHaveLength(100);
    expect(detail).toMatch(/^The request has 150 faults; errors lists the first 100\./);
  });

  it("does not repeat a long unknown field", async () => {
    const response = await put([{ ...webhook, ["k".repeat(500_000)]: 1 }]);
    expect((await response.text()).length).toBeLessThan(2_000);
  });
});

describe("an owner who changes a URL", () => {
  const NEW_URL = "https://elsewhere.example.com/";

  it("must be in every group that the subscription keeps; the error names those that they are not in", async () => {
    const [row] = await stored(put([webhook], ["devs", "admins"]));
    for (const entry of [
      { ...row, url: NEW_URL },
      { type: "webhook", id: row?.id, url: NEW_URL },
    ]) {
      const { status, detail } = await problemOf(await put([entry], ["devs"]));
      expect({ status, detail }).toEqual({ status: 403, detail: expect.stringContaining("You are not in admins:") });
    }
    expect(await stored(get())).toEqual([row]);
  });

  it("may change all other fields, and the URL if they remove those groups or are in all of them", async () => {
    const [row] = await stored(put([webhook], ["devs", "admins"]));
    expect((await put([{ ...row, event_types: ["ADD_BUILD"] }], [])).status).toBe(200);
    expect((await put([{ ...row, url: NEW_URL }], ["admins", "devs"])).status).toBe(200);
    expect(await stored(put([{ ...row, url: URL_, allowed_groups: [OWNER] }], []))).toMatchObject([
      { url: URL_, allowed_groups: [OWNER] },
    ]);
  });

  it("cannot get the groups of another subscription by updating the one that has the new URL", async () => {
    const [first, second] = await stored(put([webhook, { ...webhook, url: NEW_URL, allowed_groups: [] }], ["devs"]));
    const response = await put([{ ...webhook, url: NEW_URL, allowed_groups: first?.allowed_groups }], []);
    expect(await problemOf(response)).toMatchObject({ status: 403, detail: expect.stringContaining("devs") });
    expect(await stored(get())).toEqual([first, second]);
  });
});
