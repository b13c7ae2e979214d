import { describe, expect, it } from "vitest";
import * as z from "zod";
import { app } from "../../../src/api/app.ts";
import { consoleApp } from "../../../src/console/console-app.ts";
import { parameters } from "../../../src/api/openapi/openapi-parameters.ts";
import { MEDIA_TYPES } from "../../../src/api/listings/negotiate-media-type.ts";
import { DEFAULT_PAGE_SIZE, FilteredPageQuery, MAX_PAGE_SIZE } from "../../../src/schemas/page.ts";
import { readIdempotencyKey } from "../../../src/api/idempotency-key.ts";
import { aService } from "../../support/service.ts";
import { responsesOf, document, found, operations, schemaOf, webhooks } from "./document.ts";

const { request } = aService();

describe("the document", () => {
  it("is served as JSON without a token", async () => {
    const response = await request("/openapi.json");
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=3600");
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it("is a 304 for a client that has it", async () => {
    const ETag = (await request("/openapi.json")).headers.get("ETag") ?? "";
    const again = await request("/openapi.json", { headers: { "If-None-Match": ETag } });
    expect(again.status).toBe(304);
    expect((await request("/openapi.json", { headers: { "If-None-Match": "*" } })).status).toBe(304);
    expect((await request("/openapi.json", { headers: { "If-None-Match": '"*"' } })).status).toBe(200);
    expect(again.headers.get("ETag")).toBe(ETag);
  });

  it("names the service's address if PUBLIC_URL is set", async () => {
    const response = await aService({ PUBLIC_URL: "https://tidings.example/" }).request("/openapi.json");
    expect(await response.json()).toMatchObject({ servers: [{ url: "https://tidings.example" }] });
    expect(document.servers).toMatchObject([{ url: "/" }]);
  });

  it("has every route of the app, and no other", () => {
    const routed = app.routes
      .filter(({ method }) => method !== "ALL") // middleware
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(?:\{[^}]+\})?/g, "{$1}")}`);
    expect([...operations.keys()].toSorted()).toEqual([...new Set(routed)].toSorted());
  });

  it("has each path that is not a page's, and no page's", async () => {
    const isPage = async (path: string) => (await request(path)).headers.has("Content-Security-Policy");
    for (const path of Object.keys(document.paths)) expect(await isPage(path), path).toBe(false);
    for (const { method, path } of consoleApp.routes) {
      if (method !== "ALL") expect(await isPage(path), path).toBe(true);
    }
  });

  it("gives each operation a unique ID", () => {
    const ids = [...operations.values(), ...webhooks.values()].map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("describes each schema, and each field", () => {
    for (const [name, { description, properties = {} }] of Object.entries(document.components.schemas)) {
      expect(description, name).toBeTypeOf("string");
      for (const [field, property] of Object.entries(properties)) {
        expect(property, `${name}.${field}`).toMatchObject({ description: expect.any(String) });
      }
    }
  });
});

describe.each([...operations, ...webhooks])("%s", (name, operation) => {
  const bodies = [operation.requestBody, ...responsesOf(operation).values()].flatMap((body) =>
    Object.values(body?.content ?? {}),
  );

  it("has only examples that match its schemas", () => {
    for (const { schema, examples } of bodies) {
      expect(Object.keys(examples), schema.$ref).not.toEqual([]);
      for (const { value } of Object.values(examples)) expect(schemaOf(schema).safeParse(value).error).toBeUndefined();
    }
  });

  it("names the parameters of its path", () => {
    const inPath = operation.parameters
      .map(({ $ref }) => found(document.components.parameters, $ref))
      .filter((parameter) => parameter.in === "path");
    expect(inPath.map((parameter) => `{${parameter.name}}`)).toEqual(name.match(/\{\w+\}/g) ?? []);
  });
});

it.each([...operations])("%s returns errors as problem+json, with the problem's status", (_, operation) => {
  for (const [status, { content = {} }] of responsesOf(operation)) {
    if (Number(status) < 400) continue;
    expect(Object.keys(content)).toEqual(["application/problem+json"]);
    for (const { value } of Object.values(content["application/problem+json"]?.examples ?? {})) {
      expect(value).toMatchObject({ status: Number(status) });
    }
  }
});

it.each([...operations].filter(([name]) => name.startsWith("GET /api/v1/events/query")))(
  "%s has every media type, and lists them in its 406",
  (_, operation) => {
    const answers = responsesOf(operation);
    expect(Object.keys(answers.get("200")?.content ?? {})).toEqual(MEDIA_TYPES);
    const [example] = Object.values(answers.get("406")?.content?.["application/problem+json"]?.examples ?? {});
    expect(example?.value).toMatchObject({ detail: `The media types of a listing are ${MEDIA_TYPES.join(", ")}.` });
  },
);

describe("a parameter", () => {
  const all = Object.entries(document.components.parameters);

  it.each(all)("%s has an example that matches its schema", (_, { schema, example }) => {
    expect(z.fromJSONSchema(schema).safeParse(example).error).toBeUndefined();
  });

  it("of a listing has an example that the service accepts", () => {
    const examples = all
      .filter(([name]) => /^(?:Filter|PageSize|PageFrom|Limit)/.test(name))
      .map(([, parameter]) => parameter);
    const query = Object.fromEntries(examples.map(({ name, example }) => [name, String(example)]));
    expect(FilteredPageQuery.safeParse(query).error).toBeUndefined();
  });

  it("page_size is described as it is validated", () => {
    expect(parameters().PageSize.schema).toEqual({
      type: "integer",
      minimum: 1,
      maximum: MAX_PAGE_SIZE,
      default: DEFAULT_PAGE_SIZE,
    });
  });

  it.each(["k", 'a"b', '"quoted"', '"a\\"b"', "x".repeat(255), `"${"x".repeat(255)}"`])(
    "Idempotency-Key may be %s",
    (key) => {
      expect(readIdempotencyKey(key)).toBeDefined();
      expect(z.fromJSONSchema(parameters().IdempotencyKey.schema).safeParse(key).success).toBe(true);
    },
  );

  it.each(["", '""', '"open', "two words", '"two words"', "é", "x".repeat(256), `"${"x".repeat(256)}"`])(
    "Idempotency-Key may not be %s",
    (key) => {
      expect(() => readIdempotencyKey(key)).toThrow();
      expect(z.fromJSONSchema(parameters().IdempotencyKey.schema).safeParse(key).success).toBe(false);
    },
  );
});
