import { beforeEach, describe, expect, it } from "vitest";
import { aSubscription } from "../support/factories.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService({ AUDITOR_GROUPS: "audit" });
const OWNER = ["project:shop:global:owner"];
const BODY = JSON.stringify({ from: "0", which: "all" });
let id: string;

beforeEach(async () => {
  await forgetEverything();
  [{ id }] = await (await service.subscribe("shop", [aSubscription()])).json<[{ id: string }]>();
});

async function act(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const url = `/api/v1/events/subscriptions/project/${path}`;
  return service.request(url, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    ...(body && { body }),
  });
}

async function as(groups: string[]) {
  return { Authorization: `Bearer ${await tokenOf({ groups })}` };
}

const ACTIONS = [
  ["POST", "test", undefined],
  ["POST", "secret/rotate", undefined],
  ["POST", "recover", BODY],
] as const;

describe.each([["GET", "secret", undefined] as const, ...ACTIONS])("%s …/%s", (method, name, body) => {
  it.each([["project:shop:global:read"], ["project:shop:global:write"], ["audit"], ["project:other:global:owner"]])(
    "is refused for %s, and changes nothing",
    async (group) => {
      const before = await everythingStored();
      const response = await act(method, `shop/${id}/${name}`, await as([group]), body);
      expect((await problemOf(response)).status).toBe(403);
      expect(await everythingStored()).toEqual(before);
    },
  );

  it.each(["999", "x", "01", "9223372036854775808", "9999999999999999999"])(
    "of the unknown %s is 404",
    async (unknown) => {
      const response = await act(method, `shop/${unknown}/${name}`, await as(OWNER), body);
      expect((await problemOf(response)).status).toBe(404);
    },
  );

  it("of another project's subscription is 404, to an owner of both too", async () => {
    const response = await act(method, `other/${id}/${name}`, await as([...OWNER, "project:other:global:owner"]), body);
    expect((await problemOf(response)).status).toBe(404);
  });

  it("checks the token first", async () => {
    expect((await problemOf(await act(method, `shop/${id}/${name}`, {}, body))).status).toBe(401);
  });

  it("with another method is a 405 that lists the allowed ones", async () => {
    const response = await act("DELETE", `shop/${id}/${name}`, await as(OWNER));
    expect(response.headers.get("Allow")).toBe(method === "GET" ? "GET, HEAD" : "POST");
    expect((await problemOf(response)).status).toBe(405);
  });
});

describe.each(ACTIONS)("%s …/%s", (method, name, body) => {
  it("with a cookie is accepted only from the service's own pages", async () => {
    const Cookie = `X-Escape-Token=${await tokenOf({ groups: OWNER })}`;
    const before = await everythingStored();
    for (const headers of [{ Cookie }, { Cookie, Origin: "https://evil.example" }]) {
      expect((await problemOf(await act(method, `shop/${id}/${name}`, headers, body))).status).toBe(403);
    }
    expect(await everythingStored()).toEqual(before);
  });
});

it("works with a trailing slash, and for a project with a slash in its name", async () => {
  const groups = ["project:a/b:global:owner"];
  const [made] = await (await service.subscribe("a/b", [aSubscription()])).json<[{ id: string }]>();
  for (const slash of ["", "/"]) {
    const rotated = await act("POST", `a%2Fb/${made.id}/secret/rotate${slash}`, await as(groups));
    const read = await act("GET", `a%2Fb/${made.id}/secret${slash}`, await as(groups));
    expect([rotated.status, read.status, await rotated.text()]).toEqual([200, 200, await read.text()]);
  }
});
