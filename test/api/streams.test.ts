import { beforeEach, describe, expect, it } from "vitest";
import type { Stream } from "../../src/schemas/stream.ts";
import type { StreamChange } from "../../src/schemas/stream-change.ts";
import { someEvents } from "../support/factories.ts";
import { problemOf } from "../support/problems.ts";
import { aQueue } from "../support/queue.ts";
import { aService } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

const queue = aQueue();
const service = aService({ OPERATOR_GROUPS: "ops", AUDITOR_GROUPS: "audit", STREAMS: queue.binding });
const STREAMS = "/api/v1/events/streams/";
const SECRET = `whsec_${btoa("s".repeat(32))}`;
const destination = { url: "https://siem.example.com/in", signing_secret: SECRET };
const ofDevs = { name: "SIEM", kind: "http", destination, allowed_groups: ["devs"] };
const everything = { name: "SIEM", kind: "http", destination };

const DEV = { name: "olga", groups: ["ops", "devs"] };
const AUDITOR = { name: "aude", groups: ["ops", "audit"] };
const STRANGER = { name: "sam", groups: ["devs", "audit"] };

async function send(method: string, path: string, body?: unknown, reader = DEV, headers: Record<string, string> = {}) {
  return service.request(`${STREAMS}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${await tokenOf(reader)}`,
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function stored(response: Response | Promise<Response>, status = 200): Promise<Stream> {
  const answer = await response;
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  return JSON.parse(text) as Stream; // from the service itself
}

const create = (fields: object = {}, reader = DEV) => stored(send("POST", "", { ...ofDevs, ...fields }, reader), 201);
const newest = async () => (await service.record(someEvents(3))).status;

beforeEach(async () => {
  await forgetEverything();
  queue.sent.length = 0;
});

describe("creating a stream", () => {
  it("returns 201 with the path of the stream, which begins after the newest event", async () => {
    await newest();
    const { events } = await service.list("", AUDITOR);
    const response = await send("POST", "", ofDevs);
    const stream = await stored(response, 201);
    expect(response.headers.get("Location")).toBe(`/api/v1/events/streams/${stream.id}`);
    expect(stream).toEqual({
      id: expect.stringMatching(/^\d+$/),
      name: "SIEM",
      kind: "http",
      destination: { url: destination.url },
      format: "tidings",
      listing: {},
      allowed_groups: ["devs"],
      enabled: true,
      status: "active",
      after: events[0]?.id,
      behind: { events: 0 },
      created_at: expect.any(String),
    });
    expect(await stored(send("GET", stream.id))).toEqual(stream);
    expect(queue.sent).toHaveLength(1);
  });

  it("begins after the ID in `after`, which must not be above that of the newest event", async () => {
    await newest();
    const [last] = (await service.list("", AUDITOR)).events;
    const id = Number(last?.id);
    expect(await create({ after: `${id - 2}` })).toMatchObject({ after: `${id - 2}`, behind: { events: 2 } });
    expect(await problemOf(await send("POST", "", { ...ofDevs, after: `${id + 1}` }))).toMatchObject({
      status: 400,
      errors: [{ path: "after" }],
    });
    expect((await send("POST", "", { ...ofDevs, after: "9999999999999999999" })).status).toBe(400);
  });

  it("counts up to 1,000 events that have not arrived, and says when the oldest was recorded", async () => {
    for (let request = 0; request < 11; request++) await service.record(someEvents(100));
    const { behind } = await create({ after: "0" });
    expect(behind).toEqual({ events: 1000, since: expect.any(String) });
  });

  it("allows 50 streams", async () => {
    for (let count = 0; count < 50; count++) await create();
    const before = await everythingStored();
    expect(await problemOf(await send("POST", "", ofDevs))).toMatchObject({ status: 409 });
    expect(await everythingStored()).toEqual(before);
  });

  it.each([
    ["destination.url", { destination: { ...destination, url: "ftp://siem.example.com" } }],
    ["destination.signing_secret", { destination: { url: destination.url } }],
    ["destination.token", { destination: { ...destination, token: "x" } }],
    ["listing.project", { listing: { project: "shop" } }],
    ["colour", { colour: "red" }],
    ["name", { name: undefined }],
  ])("names %s if it is wrong, and stores nothing", async (path, fields) => {
    const before = await everythingStored();
    expect(await problemOf(await send("POST", "", { ...ofDevs, ...fields }))).toMatchObject({
      status: 400,
      errors: [expect.objectContaining({ path })],
    });
    expect(await everythingStored()).toEqual(before);
  });

  it("refuses local destinations unless they are allowed", async () => {
    const strict = aService({ OPERATOR_GROUPS: "ops", ALLOW_LOCAL_DESTINATIONS: "" });
    const response = await strict.request(STREAMS, {
      method: "POST",
      headers: { Authorization: `Bearer ${await tokenOf(DEV)}`, "Content-Type": "application/json" },
      body: JSON.stringify({ ...ofDevs, destination: { ...destination, url: "https://127.0.0.1/in" } }),
    });
    expect(await problemOf(response)).toMatchObject({ status: 400, errors: [{ path: "destination.url" }] });
  });
});

describe("only operators", () => {
  it.each([
    ["GET", ""],
    ["POST", ""],
    ["GET", "changes/"],
    ["GET", "1"],
    ["PUT", "1"],
    ["DELETE", "1"],
    ["POST", "1/check"],
    ["POST", "1/rewind"],
    ["POST", "1/pause"],
    ["POST", "1/resume"],
    ["POST", "1/skip"],
  ])("may use %s %s: others get a 403, before their request is validated", async (method, path) => {
    const body = method === "GET" || method === "DELETE" ? undefined : { wrong: true };
    const problem = await problemOf(await send(method, path, body, STRANGER));
    expect(problem.status).toBe(403);
    expect(problem).not.toHaveProperty("errors");
    expect((await service.request(`${STREAMS}${path}`, { method })).status).toBe(401);
  });

  it.each([
    ["GET", "99"],
    ["GET", "x"],
    ["PUT", "99", ofDevs],
    ["DELETE", "99"],
    ["POST", "99/check"],
    ["POST", "99/rewind", { after: "0" }],
    ["POST", "99/pause"],
    ["POST", "99/resume"],
    ["POST", "99/skip", { event: "1" }],
  ])("get a 404 for %s %s", async (method, path, body?: object) => {
    expect(await problemOf(await send(method, path, body))).toMatchObject({ status: 404 });
  });

  it.each([
    ["PATCH", "1", ["DELETE", "GET", "HEAD", "PUT"]],
    ["POST", "changes/", ["GET", "HEAD"]],
    ["PUT", "changes", ["GET", "HEAD"]],
    ["GET", "1/pause", ["POST"]],
  ])("get a 405 for %s %s that lists the methods of the path", async (method, path, allowed) => {
    const response = await send(method, path);
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")?.split(", ").toSorted()).toEqual(allowed);
  });
});

describe("the groups of a stream", () => {
  it("must be groups of the operator who adds them, also if the operator is an auditor", async () => {
    expect((await send("POST", "", ofDevs, AUDITOR)).status).toBe(403);
    const { id } = await create();
    const both = { ...ofDevs, allowed_groups: ["devs", "sales"] };
    expect(await problemOf(await send("PUT", id, both))).toMatchObject({
      status: 403,
      detail: expect.stringContaining("sales"),
    });
  });

  it("may be kept by an operator who is in none of them, unless the destination changes", async () => {
    const { id } = await create();
    const kept = { ...ofDevs, destination: { url: destination.url }, name: "renamed" };
    expect(await stored(send("PUT", id, kept, AUDITOR))).toMatchObject({ name: "renamed", allowed_groups: ["devs"] });
    for (const other of [
      { ...destination, url: "https://other.example.com/" },
      { ...destination, signing_secret: `whsec_${btoa("t".repeat(32))}` },
    ]) {
      expect((await send("PUT", id, { ...kept, destination: other }, AUDITOR)).status).toBe(403);
      await stored(send("PUT", id, { ...kept, destination: other }));
      await stored(send("PUT", id, { ...kept, destination }));
    }
  });

  it("may be removed by any operator, and then only the groups that stay count for a new destination", async () => {
    const { id } = await create({ allowed_groups: ["devs", "ops"] });
    const other = { ...destination, url: "https://other.example.com/" };
    const narrowed = { ...ofDevs, allowed_groups: ["ops"], destination: other };
    expect(await stored(send("PUT", id, narrowed, AUDITOR))).toMatchObject({ allowed_groups: ["ops"] });
  });
});

describe("a stream of everything", () => {
  it("is created only by an operator who is an auditor", async () => {
    expect((await send("POST", "", everything)).status).toBe(403);
    expect(await stored(send("POST", "", everything, AUDITOR), 201)).not.toHaveProperty("allowed_groups");
  });

  it("is made from another stream only by an operator who is an auditor", async () => {
    const { id } = await create();
    expect((await send("PUT", id, everything)).status).toBe(403);
    expect(await stored(send("PUT", id, everything, AUDITOR))).not.toHaveProperty("allowed_groups");
  });

  it("gets another destination only from an auditor, and another name from any operator", async () => {
    const { id } = await stored(send("POST", "", everything, AUDITOR), 201);
    const other = { ...everything, destination: { ...destination, url: "https://other.example.com/" } };
    expect((await send("PUT", id, other)).status).toBe(403);
    expect(await stored(send("PUT", id, { ...everything, name: "renamed" }))).toMatchObject({ name: "renamed" });
    expect(await stored(send("PUT", id, other, AUDITOR))).toMatchObject({
      destination: { url: other.destination.url },
    });
  });

  it("shows no event to its operator", async () => {
    await service.record(someEvents(1, () => ({ allowed_groups: ["devs"] })));
    expect((await service.list("", { groups: ["ops"] })).events).toEqual([]);
  });
});

describe("replacing a stream", () => {
  it("takes back what GET returned, and changes nothing", async () => {
    const { id } = await create();
    const response = await send("GET", id);
    const tag = response.headers.get("ETag");
    const served = await stored(response);
    const before = await everythingStored();
    const again = await send("PUT", id, served);
    expect(again.headers.get("ETag")).toBe(tag);
    expect(await stored(again)).toEqual(served);
    expect(await everythingStored()).toEqual(before);
  });

  it("keeps a secret that is left out, and never returns one", async () => {
    const { id } = await create();
    await stored(send("PUT", id, { ...ofDevs, destination: { url: destination.url }, format: "ocsf" }));
    const [row] = (await everythingStored())["streams"] as { secret: string }[];
    expect(row?.secret).toBe(SECRET);
    for (const path of ["", id, "changes/"]) expect(await (await send("GET", path)).text()).not.toContain(SECRET);
  });

  it.each([
    ["splunk_hec", "token", "https://splunk.example.com/services/collector/event"],
    ["datadog", "api_key", "https://http-intake.logs.datadoghq.com/api/v2/logs"],
  ])("does not send a stored secret of %s to another origin: it must be given again", async (kind, field, url) => {
    const elsewhere = "https://elsewhere.example.com/";
    const { id } = await create({ kind, destination: { url, [field]: "a-secret" } });
    const put = (to: object) => send("PUT", id, { ...ofDevs, kind, destination: to });
    await stored(put({ url: `${url}?x=1` }));
    expect(await problemOf(await put({ url: elsewhere }))).toMatchObject({
      status: 400,
      errors: [{ path: `destination.${field}` }],
    });
    await stored(put({ url: elsewhere, [field]: "a-secret" }));
  });

  it("never changes the kind", async () => {
    const { id } = await create();
    const bucket = { kind: "datadog", destination: { url: "https://logs.example.com/", api_key: "x" } };
    expect(await problemOf(await send("PUT", id, { ...ofDevs, ...bucket }))).toMatchObject({
      status: 400,
      errors: [{ path: "kind" }],
    });
  });

  it("honours If-Match, so that one of two writers loses", async () => {
    const { id } = await create();
    const tag = (await send("GET", id)).headers.get("ETag") ?? "";
    const put = (name: string) => send("PUT", id, { ...ofDevs, name }, DEV, { "If-Match": tag });
    const statuses = (await Promise.all([put("one"), put("other")])).map(({ status }) => status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 412]);
    expect((await send("DELETE", id, undefined, DEV, { "If-Match": tag })).status).toBe(412);
    for (const action of ["pause", "check"])
      expect((await send("POST", `${id}/${action}`, undefined, DEV, { "If-Match": tag })).status).toBe(412);
    expect((await send("PUT", id, ofDevs, DEV, { "If-Match": "*" })).status).toBe(200);
  });
});

describe("an operator", () => {
  it("pauses and resumes a stream, with the same effect as setting `enabled`", async () => {
    const { id } = await create();
    expect(await stored(send("POST", `${id}/pause`))).toMatchObject({ enabled: false, status: "paused" });
    expect(await stored(send("PUT", id, ofDevs))).toMatchObject({ enabled: true, status: "active" });
    expect(await stored(send("PUT", id, { ...ofDevs, enabled: false }))).toMatchObject({ status: "paused" });
    expect(await stored(send("POST", `${id}/resume`))).toMatchObject({ enabled: true, status: "active" });
    const changes = await (await send("GET", "changes/")).json<StreamChange[]>();
    expect(changes.map(({ action }) => action)).toEqual(["resume", "pause", "resume", "pause", "create"]);
  });

  it("sets a stream back, but never forward", async () => {
    await newest();
    const { id, after } = await create();
    const back = `${Number(after) - 2}`;
    expect(await stored(send("POST", `${id}/rewind`, { after: back }))).toMatchObject({
      after: back,
      behind: { events: 2 },
    });
    expect(await problemOf(await send("POST", `${id}/rewind`, { after }))).toMatchObject({ status: 409 });
    expect((await send("POST", `${id}/rewind`, {})).status).toBe(400);
    const [change] = await (await send("GET", "changes/")).json<StreamChange[]>();
    expect(change).toMatchObject({
      action: "rewind",
      by: "olga",
      stream_id: id,
      details: { before: after, after: back },
    });
  });

  it("cannot skip an event that the receiver does not refuse", async () => {
    await newest();
    const { id } = await create({ after: "0" });
    expect(await problemOf(await send("POST", `${id}/skip`, { event: "1" }))).toMatchObject({ status: 409 });
    expect((await send("POST", `${id}/skip`, { event: 1 })).status).toBe(400);
  });

  it("deletes a stream, whose changes stay", async () => {
    const { id, after } = await create();
    expect((await send("DELETE", id)).status).toBe(204);
    expect((await send("GET", id)).status).toBe(404);
    expect(await (await send("GET", "")).json()).toEqual([]);
    const changes = await (await send("GET", "changes/")).json<StreamChange[]>();
    expect(changes).toMatchObject([
      { action: "delete", stream_id: id, details: { name: "SIEM", kind: "http" } },
      { action: "create", stream_id: id, by: "olga", details: { name: "SIEM", kind: "http", after } },
    ]);
  });

  it("sees the ID after which a stream was to begin, as a decimal", async () => {
    await newest();
    const after = (await service.list("?page_size=1", AUDITOR)).events[0]?.id ?? "";
    await create({ after });
    const [change] = await (await send("GET", "changes/")).json<StreamChange[]>();
    expect(change?.details.after).toBe(after);
  });

  it("reads the changes page by page", async () => {
    for (let count = 0; count < 3; count++) await create();
    const first = await send("GET", "changes/?page_size=2");
    const next = /^<(.*)>; rel="next"$/.exec(first.headers.get("Link") ?? "")?.[1] ?? "";
    const second = await service.get(next, DEV);
    expect(second.headers.has("Link")).toBe(false);
    const pages = [...(await first.json<StreamChange[]>()), ...(await second.json<StreamChange[]>())];
    expect(pages.map(({ id }) => Number(id))).toEqual(pages.map(({ id }) => Number(id)).toSorted((a, b) => b - a));
    expect(pages).toHaveLength(3);
  });

  it("follows the changes after an ID, oldest first, and always gets a cursor for the next poll", async () => {
    for (let count = 0; count < 3; count++) await create();
    const [latest] = await (await send("GET", "changes/")).json<StreamChange[]>();
    const seen: string[] = [];
    let url = `${STREAMS}changes/?page_size=2&page_after=${Number(latest?.id) - 3}`;
    for (const expected of [2, 1, 0, 1]) {
      if (expected === 1 && seen.length === 3) await create();
      const response = await service.get(url, DEV);
      const changes = await response.json<StreamChange[]>();
      expect(changes).toHaveLength(expected);
      seen.push(...changes.map(({ id }) => id));
      url = /^<(.*)>; rel="next"$/.exec(response.headers.get("Link") ?? "")?.[1] ?? "";
    }
    const first = Number(latest?.id) - 2;
    expect(seen).toEqual([first, first + 1, first + 2, first + 3].map(String));
  });

  it("is told that changes are listed in one direction", async () => {
    expect(await problemOf(await send("GET", "changes/?page_from=5&page_after=1"))).toMatchObject({
      status: 400,
      errors: [{ path: "page_after" }],
    });
  });
});

it("a change names the fields that have another value, and never shows a secret", async () => {
  const { id } = await create();
  const other = { ...destination, signing_secret: `whsec_${btoa("t".repeat(32))}` };
  await stored(send("PUT", id, { ...ofDevs, destination: other, listing: { state_project: "shop" } }));
  const [change] = await (await send("GET", "changes/")).json<StreamChange[]>();
  expect(change).toMatchObject({ action: "change", details: { fields: ["destination.signing_secret", "listing"] } });
});
