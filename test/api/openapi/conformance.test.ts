import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../../../src/schemas/problem.ts";
import { newLogKey } from "../../../scripts/new-log-key.ts";
import { MEDIA_TYPES } from "../../../src/api/listings/negotiate-media-type.ts";
import { aSubscription, anEvent } from "../../support/factories.ts";
import { aService } from "../../support/service.ts";
import { textOf } from "../../support/streams.ts";
import { tokenOf } from "../../support/tokens.ts";
import { responsesOf, document, operations, schemaOf } from "./document.ts";

const { request, record, subscribe, sweep } = aService({
  LOG_KEY: newLogKey("log.example/one").privateKey,
  OPERATOR_GROUPS: "project:shop:global:owner",
});
const OF_ANY_ANSWER = new Set(["content-type", "content-length"]);

const owner = { Authorization: `Bearer ${await tokenOf({ groups: ["project:shop:global:owner"] })}` };
const stranger = { Authorization: `Bearer ${await tokenOf({})}` };
const SET = "/api/v1/events/subscriptions/project/shop";
const DELIVERIES = "/api/v1/events/deliveries";
const ONE = "/api/v1/events/subscriptions/project/{project}/{id}";

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

async function logged(): Promise<string> {
  const response = await record(anEvent());
  await sweep();
  return `${response.headers.get("Location")}/proof`;
}

async function fromLog(path: string, headers: Record<string, string> = owner): Promise<Response> {
  await logged();
  return get(path, headers);
}

async function proofNotYet(): Promise<Response> {
  await logged();
  return get(`${(await record(anEvent())).headers.get("Location")}/proof`);
}

const post = (path: string, body?: string) =>
  request(path, { method: "POST", headers: { ...owner, "Content-Type": "application/json" }, ...(body && { body }) });

/** Creates the project's only subscription. Returns its path. */
async function subscribed(fields = {}): Promise<string> {
  const [{ id }] = await (await subscribe("shop", [aSubscription(fields)])).json<[{ id: string }]>();
  return `${SET}/${id}`;
}

async function rotatedTooOften(): Promise<Response> {
  const path = await subscribed();
  for (let count = 0; count < 10; count++) await post(`${path}/secret/rotate`);
  return post(`${path}/secret/rotate`);
}

async function sampleInVain(): Promise<Response> {
  const url = "https://hooks.slack.com/services/T/B/x";
  const anHour = Date.now() + 3_600_000;
  await env.DB.prepare("INSERT OR REPLACE INTO slack_gates (url, next_send_at) VALUES (?, ?)").bind(url, anHour).run();
  return post(`${await subscribed({ type: "slack", url })}/test`);
}

const recover = async (body: object) => post(`${await subscribed()}/recover`, JSON.stringify(body));

async function watched(): Promise<Response> {
  return get((await recover({ from: "0", which: "all" })).headers.get("Location") ?? "");
}

async function recoveredTwice(): Promise<Response> {
  const path = await subscribed();
  const body = JSON.stringify({ from: "0", which: "failed" });
  await post(`${path}/recover`, body);
  await env.DB.prepare("UPDATE recoveries SET finished_at = NULL").run();
  const response = await post(`${path}/recover`, body);
  await env.DB.prepare("DELETE FROM recoveries").run();
  return response;
}

const STREAMS = "/api/v1/events/streams";
const A_STREAM = {
  name: "SIEM",
  kind: "http",
  destination: { url: "https://siem.example.com/in", signing_secret: `whsec_${btoa("s".repeat(32))}` },
  allowed_groups: ["project:shop:global:owner"],
};

/** Creates a stream. Returns its path. */
async function streamed(): Promise<string> {
  return (await post(STREAMS, JSON.stringify(A_STREAM))).headers.get("Location") ?? "";
}

async function onStream(method: string, action = "", body?: object, headers: Record<string, string> = {}) {
  return request(`${await streamed()}${action}`, {
    method,
    headers: { ...owner, "Content-Type": "application/json", ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
}

async function streamedTooOften(): Promise<Response> {
  for (let count = 0; count < 50; count++) await streamed();
  const response = await post(STREAMS, JSON.stringify(A_STREAM));
  await env.DB.prepare("DELETE FROM streams").run();
  return response;
}

/** Creates a delivery with an attempt that has every field. Returns its path. */
async function delivery(state: string): Promise<string> {
  await subscribed();
  await record(anEvent({ state_project: "shop" }));
  const [row] = (await env.DB.prepare("SELECT max(id) AS id FROM deliveries").all<{ id: number }>()).results;
  await env.DB.batch([
    env.DB.prepare("UPDATE deliveries SET state = ?1, attempts = 1, settled_at = 1 WHERE id = ?2").bind(state, row?.id),
    env.DB.prepare("INSERT INTO attempts VALUES (?, 1, 1, 1, 'retry', 500, 'responded with 500', 'no', 1)").bind(
      row?.id,
    ),
  ]);
  return `${DELIVERIES}/${row?.id}`;
}

async function deliveriesPage(): Promise<Response> {
  await delivery("failed");
  await delivery("pending");
  return get(`${DELIVERIES}/project/shop/?page_size=1`);
}

// A sample must not reach the network.
beforeEach(() => void vi.stubGlobal("fetch", async () => new Response("no such hook", { status: 404 })));
afterEach(() => void vi.unstubAllGlobals());

it.each<[operation: string, status: number, send: () => Promise<Response>]>([
  ["GET /api/v1/events/query", 200, () => get("/api/v1/events/query/?page_after=0")],
  ["GET /api/v1/events/query", 304, listedAgain],
  ["GET /api/v1/events/query", 406, () => get("/api/v1/events/query/", { ...owner, Accept: "image/png" })],
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
  [`GET ${ONE}/secret`, 200, async () => get(`${await subscribed()}/secret`)],
  [`GET ${ONE}/secret`, 404, () => get(`${SET}/999/secret`)],
  [`POST ${ONE}/secret/rotate`, 200, async () => post(`${await subscribed()}/secret/rotate`)],
  [`POST ${ONE}/secret/rotate`, 409, rotatedTooOften],
  [`POST ${ONE}/test`, 200, async () => post(`${await subscribed()}/test`)],
  [`POST ${ONE}/test`, 405, async () => get(`${await subscribed()}/test`)],
  [`POST ${ONE}/test`, 503, sampleInVain],
  [`POST ${ONE}/recover`, 202, () => recover({ from: "0", which: "all" })],
  [`POST ${ONE}/recover`, 400, () => recover({ from: 1 })],
  [`POST ${ONE}/recover`, 409, recoveredTwice],
  [`GET ${ONE}/recoveries/{recovery}`, 200, watched],
  [`GET ${ONE}/recoveries/{recovery}`, 404, async () => get(`${await subscribed()}/recoveries/999`)],
  ["GET /api/v1/events/deliveries/project/{project}", 200, deliveriesPage],
  ["GET /api/v1/events/deliveries/project/{project}", 400, () => get(`${DELIVERIES}/project/shop/?state=lost`)],
  ["GET /api/v1/events/deliveries/project/{project}", 403, () => get(`${DELIVERIES}/project/shop/`, stranger)],
  ["GET /api/v1/events/deliveries/{id}", 200, async () => get(await delivery("failed"))],
  ["GET /api/v1/events/deliveries/{id}", 404, () => get(`${DELIVERIES}/999`)],
  ["POST /api/v1/events/deliveries/{id}/redeliver", 202, async () => post(`${await delivery("failed")}/redeliver`)],
  ["POST /api/v1/events/deliveries/{id}/redeliver", 409, async () => post(`${await delivery("cancelled")}/redeliver`)],
  [`GET ${STREAMS}`, 200, async () => (await streamed(), get(STREAMS))],
  [`GET ${STREAMS}`, 403, () => get(STREAMS, stranger)],
  [`POST ${STREAMS}`, 201, () => post(STREAMS, JSON.stringify(A_STREAM))],
  [`POST ${STREAMS}`, 400, () => post(STREAMS, "{}")],
  [`POST ${STREAMS}`, 409, streamedTooOften],
  [`POST ${STREAMS}`, 413, () => post(STREAMS, " ".repeat(1024 * 1024 + 1))],
  [`POST ${STREAMS}`, 415, () => request(STREAMS, { method: "POST", headers: owner, body: "{}" })],
  [
    `GET ${STREAMS}/changes`,
    200,
    async () => (await streamed(), await streamed(), get(`${STREAMS}/changes?page_size=1`)),
  ],
  [`GET ${STREAMS}/{id}`, 200, () => onStream("GET")],
  [`GET ${STREAMS}/{id}`, 404, () => get(`${STREAMS}/999`)],
  [`PUT ${STREAMS}/{id}`, 200, () => onStream("PUT", "", { ...A_STREAM, name: "renamed" })],
  [`PUT ${STREAMS}/{id}`, 412, () => onStream("PUT", "", A_STREAM, { "If-Match": '"none"' })],
  [`DELETE ${STREAMS}/{id}`, 204, () => onStream("DELETE")],
  [`DELETE ${STREAMS}/{id}`, 412, () => onStream("DELETE", "", undefined, { "If-Match": '"none"' })],
  [`POST ${STREAMS}/{id}/check`, 200, () => onStream("POST", "/check")],
  [`POST ${STREAMS}/{id}/pause`, 200, () => onStream("POST", "/pause")],
  [`POST ${STREAMS}/{id}/resume`, 200, () => onStream("POST", "/resume")],
  [`POST ${STREAMS}/{id}/rewind`, 200, () => onStream("POST", "/rewind", { after: "0" })],
  [`POST ${STREAMS}/{id}/rewind`, 409, () => onStream("POST", "/rewind", { after: "999999" })],
  [`POST ${STREAMS}/{id}/skip`, 409, () => onStream("POST", "/skip", { event: "1" })],
  ["GET /api/v1/events/{id}/proof", 200, async () => get(await logged())],
  ["GET /api/v1/events/{id}/proof", 304, async () => get(await logged(), { ...owner, "If-None-Match": "*" })],
  ["GET /api/v1/events/{id}/proof", 404, () => get("/api/v1/events/999/proof")],
  ["GET /api/v1/events/{id}/proof", 409, proofNotYet],
  ["GET /log/checkpoint", 200, () => fromLog("/log/checkpoint")],
  ["GET /log/checkpoint", 304, () => fromLog("/log/checkpoint", { ...owner, "If-None-Match": "*" })],
  ["GET /log/checkpoint", 400, () => fromLog("/log/checkpoint?cosigned=2")],
  ["GET /log/checkpoint", 401, () => fromLog("/log/checkpoint", {})],
  ["GET /log/key", 200, () => get("/log/key")],
  ["GET /log/tile/{level}/{tile}", 200, () => fromLog("/log/tile/entries/000.p/1")],
  ["GET /log/tile/{level}/{tile}", 404, () => fromLog("/log/tile/0/x001/000")],
  ["GET /health", 200, () => get("/health")],
  ["GET /openapi.json", 200, () => get("/openapi.json")],
])("%s returns %i as the document describes", async (name, status, send) => {
  const response = await send();
  expect(response.status).toBe(status);
  const operation = operations.get(name);
  const described = operation && responsesOf(operation).get(`${status}`);

  const headers = Object.keys(described?.headers ?? {});
  const sent = [...response.headers.keys()].filter((header) => !OF_ANY_ANSWER.has(header));
  expect(headers.map((header) => header.toLowerCase())).toEqual(expect.arrayContaining(sent));
  const promised = headers.filter((header) => document.components.headers[header]?.required);
  expect(sent).toEqual(expect.arrayContaining(promised.map((header) => header.toLowerCase())));

  const [[type, content] = []] = Object.entries(described?.content ?? {});
  if (content === undefined) return expect(await response.text()).toBe("");
  expect(response.headers.get("Content-Type")).toBe(type);
  const text = await textOf(response);
  const body: unknown = /[/+]json$/.test(type ?? "") ? JSON.parse(text) : text;
  expect(schemaOf(content.schema).safeParse(body).error).toBeUndefined();
  if (status < 400) return;
  const { type: kind, title } = Problem.parse(body);
  const examples = Object.values(content.examples).map(({ value }) => value);
  expect(examples).toContainEqual(expect.objectContaining({ type: kind, title, status }));
});

it.each(MEDIA_TYPES)("a listing as %s is as the document describes", async (Accept) => {
  await record(anEvent({ username: "ann", data: {} }));
  const response = await get("/api/v1/events/query/?page_after=0&limit=1", { ...owner, Accept });
  const described = responsesOf(operations.get("GET /api/v1/events/query") ?? never()).get("200");
  const headers = Object.keys(described?.headers ?? {}).map((header) => header.toLowerCase());
  expect(headers).toEqual(
    expect.arrayContaining([...response.headers.keys()].filter((header) => !OF_ANY_ANSWER.has(header))),
  );
  expect(response.headers.get("Content-Type")?.replace(/; (?:charset|header)=[^;]*/g, "")).toBe(Accept);
  const content = described?.content?.[Accept] ?? never();
  const body = await textOf(response);
  const value: unknown = /[/+]json$/.test(Accept) ? JSON.parse(body) : body;
  expect(schemaOf(content.schema).safeParse(value).error).toBeUndefined();
  if (Accept === "text/csv") {
    const [example] = Object.values(content.examples);
    expect(String(example?.value).split("\r\n")[0]).toBe(body.split("\r\n")[0]);
  }
});

function never(): never {
  throw new Error("is not described");
}
