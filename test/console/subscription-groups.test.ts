import { beforeEach, describe, expect, it } from "vitest";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { elementsOf, signedIn, wordsOf } from "./browser.ts";
import { formOf, OWNER, stored, subscribed, typed } from "./subscribing.ts";

const service = aService();
const NEW = "/projects/shop/subscriptions/new";
const ADD = "/projects/shop/subscriptions";
const URL_FIELD = "https://receiver.example.com/in";

const named = (count: number) => Array.from({ length: count }, (_, number) => `team-${number}`);
const chosen = (form: [string, string][]) =>
  form.filter(([name]) => name === "allowed_groups").map(([, value]) => value);

beforeEach(forgetEverything);

describe("the form for a subscription's URL", () => {
  it("is saved for an owner who is in all of its groups, and else names those that they are not in", async () => {
    const { path } = await subscribed(service, { allowed_groups: ["team-web"] });
    const stranger = await signedIn(service, { groups: [OWNER[0] ?? "", "others"] });
    const form = typed(await formOf(await stranger.open(path)), { url: "https://elsewhere.example.com/" });
    const page = await stranger.send(path, form);
    expect(page.status).toBe(403);
    expect(await wordsOf(page)).toContain("You are not in team-web:");
    expect(await stored(service)).toMatchObject([{ url: "https://receiver.example.com/hook" }]);

    const member = await signedIn(service, { groups: OWNER });
    expect((await member.send(path, form)).status).toBe(303);
    expect(
      (
        await stranger.send(
          path,
          typed(await formOf(await stranger.open(path)), { url: URL_FIELD, allowed_groups: [] }),
        )
      ).status,
    ).toBe(303);
    expect(await stored(service)).toMatchObject([{ url: URL_FIELD, allowed_groups: [] }]);
  });
});

describe("the form for a new subscription", () => {
  it("leaves out groups whose names are too long to be stored, and says so", async () => {
    const owner = await signedIn(service, { groups: [...OWNER, "x".repeat(256), "y".repeat(300)] });
    const page = await owner.open(NEW);
    expect(await wordsOf(page)).toContain(
      "2 of your groups are not listed: the name of a group can have at most 255 characters.",
    );
    const form = await formOf(page);
    expect(chosen(form)).toEqual(OWNER.map(encodeURIComponent));
    expect((await owner.send(ADD, typed(form, { url: URL_FIELD }))).status).toBe(303);
    expect(await stored(service)).toMatchObject([{ allowed_groups: OWNER }]);
  });

  it("selects none of more than 200 groups, and asks the owner to select some", async () => {
    const owner = await signedIn(service, { groups: [...OWNER, ...named(200)] });
    const page = await owner.open(NEW);
    expect(await wordsOf(page)).toContain("A subscription can have at most 200 groups. Select the ones that it needs.");
    const form = typed(await formOf(page), { url: URL_FIELD });
    expect(chosen(form)).toEqual([]);
    expect((await elementsOf(page, "input[name=allowed_groups]")).length).toBe(202);
    const refused = await owner.send(ADD, typed(form, { allowed_groups: [...OWNER, ...named(200)] }));
    expect(refused.status).toBe(422);
    expect(await wordsOf(refused)).toContain("Groups must hold at most 200 distinct groups");
    expect((await owner.send(ADD, typed(form, { allowed_groups: ["team-3"] }))).status).toBe(303);
  });

  it("takes 200 groups with the longest names", async () => {
    const groups = Array.from({ length: 199 }, (_, index) => `${String(index).padStart(4, "0")}${"界".repeat(251)}`);
    const owner = await signedIn(service, { groups: [OWNER[0] ?? "", ...groups] });
    const form = typed(await formOf(await owner.open(NEW)), { url: URL_FIELD });
    expect((await owner.send(ADD, form)).status).toBe(303);
    expect((await stored(service))[0]?.allowed_groups).toEqual([OWNER[0], ...groups]);
  });
});
