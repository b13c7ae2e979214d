import { beforeEach, describe, expect, it } from "vitest";
import type { Subscription } from "../../src/schemas/subscription.ts";
import { aSubscription } from "../support/factories.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

const { request, get, subscribe } = aService();
const OWNER = ["project:shop:global:owner"];
const SET = "/api/v1/events/subscriptions/project/shop";

beforeEach(forgetEverything);

async function stored(...entries: object[]): Promise<Subscription[]> {
  return (await subscribe("shop", entries)).json();
}

async function secretOf(id: string | undefined): Promise<string> {
  return secretIn(await get(`${SET}/${id}/secret`, { groups: OWNER }));
}

async function secretIn(response: Response): Promise<string> {
  expect(response.status).toBe(200);
  expect(response.headers.get("Cache-Control")).toBe("private, no-store");
  return (await response.json<{ signing_secret: string }>()).signing_secret;
}

async function rotate(id: string | undefined): Promise<Response> {
  const headers = { Authorization: `Bearer ${await tokenOf({ groups: OWNER })}` };
  return request(`${SET}/${id}/secret/rotate`, { method: "POST", headers });
}

describe("a signing secret", () => {
  it("is whsec_ and the base64 of 32 bytes, a different one for each subscription", async () => {
    const [one, other] = await stored(aSubscription(), aSubscription());
    const secrets = [await secretOf(one?.id), await secretOf(other?.id)];
    for (const secret of secrets) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(secrets[0]).not.toBe(secrets[1]);
  });

  it("is not in the set, neither the current nor an old one", async () => {
    const [row] = await stored(aSubscription());
    const secrets = [await secretOf(row?.id), await secretIn(await rotate(row?.id))];
    const set = await (await get(SET, { groups: OWNER })).text();
    for (const secret of secrets) expect(set).not.toContain(secret);
  });
});

describe("rotating a secret", () => {
  it("returns the new one, which replaces the old one", async () => {
    const [row, other] = await stored(aSubscription(), aSubscription());
    const before = [await secretOf(row?.id), await secretOf(other?.id)];
    const fresh = await secretIn(await rotate(row?.id));
    expect(fresh).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(before).not.toContain(fresh);
    expect([await secretOf(row?.id), await secretOf(other?.id)]).toEqual([fresh, before[1]]);
  });

  it("is not undone when the owner sends back the set", async () => {
    const [row] = await stored(aSubscription());
    const fresh = await secretIn(await rotate(row?.id));
    await stored(...(await (await get(SET, { groups: OWNER })).json<Subscription[]>()));
    expect(await secretOf(row?.id)).toBe(fresh);
  });

  it("for the eleventh time in a day is 409, and changes nothing", async () => {
    const [row] = await stored(aSubscription());
    for (let count = 0; count < 10; count++) expect((await rotate(row?.id)).status).toBe(200);
    const before = await secretOf(row?.id);
    expect((await problemOf(await rotate(row?.id))).status).toBe(409);
    expect(await secretOf(row?.id)).toBe(before);
  });
});
