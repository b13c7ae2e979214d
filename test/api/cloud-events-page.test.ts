import { CloudEvent, HTTP } from "cloudevents";
import { beforeAll, describe, expect, it } from "vitest";
import { anEvent } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService({ PUBLIC_URL: "https://tidings.example.com" });
const BATCH = "application/cloudevents-batch+json";

async function get(path: string, headers: Record<string, string> = { Accept: BATCH }): Promise<Response> {
  const Authorization = `Bearer ${await tokenOf({})}`;
  return service.request(`/api/v1/events/query/${path}`, { headers: { Authorization, ...headers } });
}

beforeAll(async () => {
  await service.record(
    `[{"type":"ADD_BUILD","timestamp":1763859600123456789,"inventory_project":"a/b %",
       "data":{"big":12345678901234567890,"money":1.10,"text":"é\\n"}},
      {"type":"USER_SIGNUP","username":"ann","state_project":"shop","state_environment":"live"},
      {"type":"USER_SIGNUP","allowed_groups":["others"]}]`,
  );
});

describe.each(["", "?page_after=0"])("a page of CloudEvents at %j", (path) => {
  it("is accepted by the official SDK, with the events of the JSON page as data", async () => {
    const response = await get(path);
    expect(response.headers.get("Content-Type")).toBe(BATCH);
    const arrived = { headers: Object.fromEntries(response.headers), body: await response.text() };
    const batch = [HTTP.toEvent<object>(arrived)].flat();
    for (const cloudEvent of batch) {
      if (!(cloudEvent instanceof CloudEvent)) throw new Error("is not one");
      expect(cloudEvent.validate()).toBe(true);
    }
    const events = await (await get(path, {})).json<{ id: string; type: string }[]>();
    expect(batch).toHaveLength(2);
    expect(batch).toMatchObject(
      events.map((event) => ({
        specversion: "1.0",
        id: event.id,
        type: event.type,
        source: "https://tidings.example.com/api/v1/events",
        datacontenttype: "application/json",
        data: event,
      })),
    );
  });

  it("keeps every digit of numbers and of the time", async () => {
    const text = await (await get(path)).text();
    expect(text).toContain('"data":{"big":12345678901234567890,"money":1.10,"text":"é\\n"}');
    expect(text).toContain('"time":"2025-11-23T01:00:00.123456789Z"');
    expect(text).toContain('"subject":"inventory/a%2Fb %25"');
  });

  it("has a tag of its own, for a 304 of its own", async () => {
    const tag = (await get(path)).headers.get("ETag") ?? "";
    const tagOfJson = (await get(path, {})).headers.get("ETag") ?? "";
    expect(tag).not.toBe(tagOfJson);
    expect((await get(path, { Accept: BATCH, "If-None-Match": tag })).status).toBe(304);
    expect((await get(path, { Accept: BATCH, "If-None-Match": tagOfJson })).status).toBe(200);
    expect((await get(path, { "If-None-Match": tag })).status).toBe(200);
  });

  it("has links as the JSON page has, and an empty one is an empty batch", async () => {
    const at = `${path}${path === "" ? "?" : "&"}page_size=1`;
    expect((await get(at)).headers.get("Link")).toBe((await get(at, {})).headers.get("Link"));
    expect((await get(at)).headers.get("Link")).toContain('rel="next"');
    expect(await (await get(`project/nowhere/${path}`)).text()).toBe("[]");
  });
});

it("is not mistaken for the JSON page that this isolate keeps, nor the other way round", async () => {
  await service.record(anEvent({ state_project: "kept" }));
  for (const _ of [1, 2]) {
    expect(await (await get("project/kept/")).json()).toMatchObject([{ specversion: "1.0" }]);
    expect(await (await get("project/kept/", {})).json()).not.toMatchObject([{ specversion: "1.0" }]);
  }
});
