import { expect, it } from "vitest";
import { Problem } from "../../src/schemas/problem.ts";
import { aSubscription, anEvent } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { tokenOf } from "../support/tokens.ts";
import { answersOf, document, operations, schemaOf } from "./document.ts";

const { request, record, subscribe } = aService();
const OF_ANY_ANSWER = new Set(["content-type", "content-length"]);

const owner = { Authorization: `Bearer ${await tokenOf({ groups: ["project:shop:global:owner"] })}` };
const stranger = { Authorization: `Bearer ${await tokenOf({})}` };
const SET = "/api/v1/events/subscriptions/project/shop";

const get = (path: string, headers: Record<string, string> = owner) => request(path, { headers });
const put = (body: string, headers: Record<string, string> = {}) =>
  request(SET, { method: "PUT", body, headers: { ...owner, "Content-Type": "application/json", ...headers } });

async function listedAgain(): Promise<Response> {
  const ETag = (await get("/api/v1/events/query")).headers.get("ETag") ?? "";
  return get("/api/v1/events/query", { ...owner, "If-None-Match": ETag });
}

async function withAnotherBody(): Promise<Response> {
  await record(anEvent(), { "Idempotency-Key": "one" });
  return record(anEvent({ username: "ann" }), { "Idempotency-Key": "one" });
}

async function recorded(): Promise<Response> {
  const response = await record(anEvent({ state_project: "shop", allowed_groups: ["project:shop:global:owner"] }));
  return get(response.headers.get("Location") ?? "");
}

async function secret(): Promise<Response> {
  const [{ id }] = await (await subscribe("shop", [aSubscription()])).json<[{ id: string }]>();
  return get(`${SET}/${id}/secret`);
}

it.each<[operation: string, status: number, ask: () => Promise<Response>]>([
  ["GET /api/v1/events/query", 200, () => get("/api/v1/events/query/?page_after=0")],
  ["GET /api/v1/events/query", 304, listedAgain],
  ["GET /api/v1/events/query", 400, () => get("/api/v1/events/query/?page_size=0")],
  ["GET /api/v1/events/query", 401, () => get("/api/v1/events/query", {})],
  ["GET /api/v1/events/query/project/{project}", 200, () => get("/api/v1/events/query/project/shop/")],
  ["GET /api/v1/events/{id}", 200, recorded],
  ["GET /api/v1/events/{id}", 404, () => get("/api/v1/events/999")],
  ["POST /internal/create-event", 200, () => record(anEvent())],
  ["POST /internal/create-event", 400, () => record({})],
  ["POST /internal/create-event", 401, () => record(anEvent(), { Authorization: "Bearer nobody" })],
  ["POST /internal/create-event", 405, () => get("/internal/create-event")],
  ["POST /internal/create-event", 413, () => record(" ".repeat(1024 * 1024 + 1))],
  ["POST /internal/create-event", 415, () => record("{}", { "Content-Type": "text/plain" })],
  ["POST /internal/create-event", 422, withAnotherBody],
  ["GET /api/v1/events/subscriptions/project/{project}", 200, () => get(SET)],
  ["GET /api/v1/events/subscriptions/project/{project}", 403, () => get(SET, stranger)],
  ["PUT /api/v1/events/subscriptions/project/{project}", 200, () => put(JSON.stringify([aSubscription()]))],
  ["PUT /api/v1/events/subscriptions/project/{project}", 412, () => put("[]", { "If-Match": '"none"' })],
  ["GET /api/v1/events/subscriptions/project/{project}/{id}/secret", 200, secret],
  ["GET /health", 200, () => get("/health")],
  ["GET /openapi.json", 200, () => get("/openapi.json")],
])("%s answers %i as the document says", async (name, status, ask) => {
  const response = await ask();
  expect(response.status).toBe(status);
  const operation = operations.get(name);
  const described = operation && answersOf(operation).get(`${status}`);

  const headers = Object.keys(described?.headers ?? {});
  const sent = [...response.headers.keys()].filter((header) => !OF_ANY_ANSWER.has(header));
  expect(headers.map((header) => header.toLowerCase())).toEqual(expect.arrayContaining(sent));
  const promised = headers.filter((header) => document.components.headers[header]?.required);
  expect(sent).toEqual(expect.arrayContaining(promised.map((header) => header.toLowerCase())));

  const [[type, content] = []] = Object.entries(described?.content ?? {});
  if (content === undefined) return expect(await response.text()).toBe("");
  expect(response.headers.get("Content-Type")).toBe(type);
  const body: unknown = await response.json();
  expect(schemaOf(content.schema).safeParse(body).error).toBeUndefined();
  if (status < 400) return;
  const { type: kind, title } = Problem.parse(body);
  const examples = Object.values(content.examples).map(({ value }) => value);
  expect(examples).toContainEqual(expect.objectContaining({ type: kind, title, status }));
});
