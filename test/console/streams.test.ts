import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Stream } from "../../src/schemas/stream.ts";
import { someEvents } from "../support/factories.ts";
import { aQueue } from "../support/queue.ts";
import { aService } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";
import { elementsOf, linkOf, signedIn, textsOf, wordsOf } from "./browser.ts";
import { formOf, typed } from "./subscribing.ts";

const queue = aQueue();
queue.isDown = true; // then the sweep sends the streams itself
const service = aService({ OPERATOR_GROUPS: "ops", AUDITOR_GROUPS: "audit", STREAMS: queue.binding });
const OPERATOR = { name: "olga", groups: ["ops", "devs"] };
const operator = await signedIn(service, OPERATOR);
const auditor = await signedIn(service, { name: "aude", groups: ["ops", "audit"] });
const stranger = await signedIn(service, { name: "sam", groups: ["devs", "audit"] });

const SECRET = `whsec_${btoa("s".repeat(32))}`;
const HTTP = { name: "SIEM", kind: "http", url: "https://siem.example.com/in", signing_secret: SECRET, enabled: "on" };
const FORM = { ...HTTP, format: "tidings", carries: "groups", allowed_groups: "devs" };
const ACTIONS = ["check", "pause", "resume", "rewind", "skip", "delete"];

let reply = () => new Response("thanks");
const bodies: string[] = [];

beforeEach(async () => {
  await forgetEverything();
  bodies.length = 0;
  reply = () => new Response("thanks");
  vi.stubGlobal("fetch", async (_url: unknown, init: RequestInit) => {
    bodies.push(await new Response(init.body as BodyInit).text());
    return reply();
  });
});

afterEach(() => void vi.unstubAllGlobals());

async function stored(): Promise<Stream[]> {
  return (await service.get("/api/v1/events/streams/", OPERATOR)).json();
}

/** Adds a stream with the form; returns the path of its page. */
async function added(fields: Record<string, string> = {}, browser = operator): Promise<string> {
  const response = await browser.send("/streams", { ...FORM, ...fields });
  expect(response.status, await wordsOf(response)).toBe(303);
  return new URL(response.headers.get("Location") ?? "", "https://tidings.example").pathname;
}

/** Records events that the stream may carry; returns the ID of the newest. */
async function recorded(count: number): Promise<number> {
  await service.record(someEvents(count));
  const { events } = await service.list("?page_size=1", { groups: ["audit"] });
  return Number(events[0]?.id);
}

describe("the pages of streams", () => {
  it("are linked for operators, and are a 403 with the reason for everybody else", async () => {
    expect(await linkOf(await operator.open("/"), "Streams")).toBe("/streams");
    expect(await linkOf(await stranger.open("/"), "Streams")).toBeUndefined();
    const path = await added();
    for (const page of ["/streams", "/streams/new/http", path, `${path}?rewind=0`]) {
      const response = await stranger.open(page);
      expect(response.status).toBe(403);
      expect(await wordsOf(response)).toContain("Only operators may do this");
    }
  });

  it.each(["", ...ACTIONS.map((action) => `/${action}`)])(
    "refuse forms from other sites, and from readers who are not operators: %s",
    async (action) => {
      const path = await added();
      const before = await everythingStored();
      for (const headers of [{ Origin: "https://evil.example" }, {}, { "Sec-Fetch-Site": "cross-site" }]) {
        for (const target of [`${path}${action}`, "/streams"]) {
          expect((await operator.send(target, FORM, headers as Record<string, string>)).status).toBe(403);
        }
      }
      expect((await stranger.send(`${path}${action}`, FORM)).status).toBe(403);
      expect((await stranger.send("/streams", FORM)).status).toBe(403);
      expect(await everythingStored()).toEqual(before);
      expect(bodies).toEqual([]);
    },
  );

  it.each(ACTIONS)(
    "are a 404 for an unknown stream, and a GET of an action redirects to the stream: %s",
    async (action) => {
      for (const id of ["999", "x", "0"]) {
        const response = await operator.send(`/streams/${id}/${action}`, { after: "0", event: "1" });
        expect(response.status).toBe(404);
        expect(await wordsOf(response)).toContain("There is no stream with this ID");
      }
      const again = await operator.open(`/streams/7/${action}`);
      expect([again.status, again.headers.get("Location")]).toEqual([303, "/streams/7"]);
    },
  );
});

describe("the form of a new stream", () => {
  const DESTINATIONS: Record<string, [Record<string, string>, Record<string, unknown>]> = {
    http: [{ url: HTTP.url, signing_secret: SECRET }, { url: HTTP.url }],
    splunk_hec: [
      { url: "https://s.example.com/services/collector/event", token: "t-secret", index: "main" },
      { url: "https://s.example.com/services/collector/event", index: "main" },
    ],
    datadog: [
      { url: "https://d.example.com/api/v2/logs", api_key: "k-secret", tags: "env:prod,team:a", service: "" },
      { url: "https://d.example.com/api/v2/logs", tags: "env:prod,team:a" },
    ],
    s3: [
      {
        endpoint: "https://s3.example.com",
        region: "auto",
        bucket: "logs",
        prefix: "a/b",
        access_key_id: "AK",
        secret_access_key: "s3-secret",
      },
      { endpoint: "https://s3.example.com", region: "auto", bucket: "logs", prefix: "a/b", access_key_id: "AK" },
    ],
  };

  it.each(Object.keys(DESTINATIONS))("has the fields of its kind, and adds the stream: %s", async (kind) => {
    const [fields, destination] = DESTINATIONS[kind] ?? [{}, {}];
    const page = await operator.open(`/streams/new/${kind}`);
    const names = (await elementsOf(page, "main input")).map(({ attributes }) => attributes["name"]);
    expect(names).toEqual(expect.arrayContaining(Object.keys(fields)));
    const form = typed(await formOf(page), { ...fields, name: "mine", allowed_groups: "devs", format: "ocsf" });
    const response = await operator.send("/streams", form);
    expect(response.headers.get("Location")).toMatch(/^\/streams\/\d+\?notice=added#notice$/);
    expect(await stored()).toMatchObject([
      { name: "mine", kind, destination, format: "ocsf", allowed_groups: ["devs"], enabled: true },
    ]);
    const shown = await (await operator.open(response.headers.get("Location") ?? "")).text();
    expect(shown).toContain("Stream added.");
    for (const secret of ['secret"', SECRET, "t-secret", "k-secret", "s3-secret"]) {
      expect(shown).not.toContain(`value="${secret}`);
    }
    expect(shown).not.toContain(fields["signing_secret"] ?? fields["token"] ?? fields["api_key"] ?? "s3-secret");
  });

  it("keeps what was typed when it is refused, but never shows the secret", async () => {
    const page = await operator.send("/streams", {
      ...FORM,
      url: "the siem",
      username: "ann",
      event_types: "ADD_BUILD",
    });
    expect(page.status).toBe(422);
    expect(await textsOf(page, "#faults a")).toEqual([expect.stringContaining("URL must not contain spaces")]);
    const values = Object.fromEntries(await formOf(page));
    expect(values).toMatchObject({ url: "the siem", name: "SIEM", username: "ann", event_types: "ADD_BUILD" });
    expect(values["signing_secret"]).toBe("");
    expect(await page.text()).not.toContain(SECRET);
    expect(await stored()).toEqual([]);
  });

  it("names each wrong field beside it", async () => {
    const page = await operator.send("/streams", {
      ...FORM,
      name: "",
      signing_secret: "",
      since: "yesterday",
      event_types: "NONSENSE",
      after: "x",
    });
    const links = (await elementsOf(page, "#faults a")).map(({ attributes }) => attributes["href"]);
    expect(new Set(links)).toEqual(new Set(["#name", "#signing_secret", "#since", "#event_types", "#after"]));
    for (const link of links) expect(await elementsOf(page, `${link}`)).toHaveLength(1);
  });

  it("offers a stream of every event only to an auditor", async () => {
    expect(await elementsOf(await operator.open("/streams/new/http"), "input[name=carries][type=radio]")).toEqual([]);
    const refused = await operator.send("/streams", { ...FORM, carries: "everything" });
    expect(refused.status).toBe(403);
    expect(await wordsOf(refused)).toContain("Only an operator who is also an auditor may create one");
    await added({ carries: "everything" }, auditor);
    expect((await stored())[0]).not.toHaveProperty("allowed_groups");
  });

  it("is a 404 for an unknown kind", async () => {
    expect((await operator.open("/streams/new/syslog")).status).toBe(404);
    expect((await operator.send("/streams", { ...FORM, kind: "syslog" })).status).toBe(404);
  });
});

describe("the form of a stream", () => {
  it("changes nothing if it is sent as it is shown, and keeps the secret", async () => {
    const path = await added({ since: "2026-01-31T09:30:00Z", event_types: "ADD_BUILD", state_project: "shop" });
    const before = (await everythingStored())["streams"];
    const response = await operator.send(path, await formOf(await operator.open(path)));
    expect(response.headers.get("Location")).toBe(`${path}?notice=saved#notice`);
    expect((await everythingStored())["streams"]).toEqual(before);
  });

  it("says that an empty secret keeps the stored one, and replaces it if it is filled in", async () => {
    const path = await added();
    const page = await operator.open(path);
    expect(await wordsOf(page)).toContain("Leave the field empty to keep it.");
    const other = `whsec_${btoa("t".repeat(32))}`;
    await operator.send(path, typed(await formOf(page), { signing_secret: other }));
    expect((await everythingStored())["streams"]).toMatchObject([{ secret: other }]);
  });

  it("does not overwrite what another operator has changed since, and names the fields that differ", async () => {
    const path = await added();
    const form = await formOf(await operator.open(path));
    await operator.send(path, typed(form, { name: "second" }));
    const page = await operator.send(path, typed(form, { name: "third" }));
    expect(page.status).toBe(412);
    expect(await wordsOf(page)).toContain("The stored settings differ from this form in: Name.");
    expect((await operator.send(path, await formOf(page))).status).toBe(303);
    expect(await stored()).toMatchObject([{ name: "third" }]);
  });
});

describe("the health of a stream", () => {
  it("is its status, its lag in events and in time, and its last success and error", async () => {
    const path = await added();
    expect(await wordsOf(await operator.open("/streams"))).toMatch(
      /Active Behind nothing to send .* Last success none yet/,
    );
    await recorded(3);
    expect(await wordsOf(await operator.open(path))).toContain("Behind 3 events, the oldest recorded just now");
    reply = () => new Response("no room", { status: 503 });
    await service.sweep();
    const failing = await wordsOf(await operator.open("/streams"));
    expect(failing).toContain("Failing");
    expect(failing).toMatch(/Last error .*503/);
    reply = () => new Response("thanks");
    await operator.send(`${path}/pause`, {});
    await operator.send(`${path}/resume`, {});
    await service.sweep();
    const healthy = await wordsOf(await operator.open(path));
    expect(healthy).toMatch(/Active Behind nothing to send Position after event \d+ Last success just now/);
    expect(healthy).not.toContain("Last error");
  });
});

describe("the actions on a stream", () => {
  it("pauses it, and lets it go on", async () => {
    const path = await added();
    const off = await operator.send(`${path}/pause`, { from: "list" });
    expect(off.headers.get("Location")).toBe("/streams?notice=paused#notice");
    expect(await stored()).toMatchObject([{ enabled: false }]);
    expect(await textsOf(await operator.open(path), ".standing button")).toEqual(["Resume"]);
    const on = await operator.send(`${path}/resume`, {});
    expect(on.headers.get("Location")).toBe(`${path}?notice=resumed#notice`);
    expect(await stored()).toMatchObject([{ enabled: true }]);
  });

  it("checks it: shows what was sent, and what came back", async () => {
    const path = await added();
    const page = await operator.send(`${path}/check`, {});
    expect(await textsOf(page, "#check .status")).toEqual([expect.stringContaining("Arrived, status 200")]);
    expect(bodies).toHaveLength(1);
    expect((await wordsOf(page)).replaceAll(" ", "")).toContain((bodies[0] ?? "-").trim().replaceAll(" ", ""));
    expect(await wordsOf(page)).toContain("What came back: thanks");
    reply = () => new Response("who are you?", { status: 403 });
    const denied = await wordsOf(await operator.send(`${path}/check`, {}));
    expect(denied).toContain("Did not arrive");
    expect(denied).toContain("Check the field “Signing secret”");
    expect(denied).toContain("who are you?");
  });

  it("shows what a rewind would do before it is done, and then does it", async () => {
    await recorded(2);
    const path = await added({ after: "0" });
    const newest = await recorded(3);
    await service.sweep();
    expect(await stored()).toMatchObject([{ after: `${newest}`, behind: { events: 0 } }]);
    const page = await operator.open(`${path}?rewind=${newest - 4}`);
    const words = await wordsOf(page);
    expect(words).toContain(`4 events will be sent, beginning after event ${newest - 4}.`);
    expect(words).toContain(`Events up to ID ${newest} have arrived before, and arrive a second time.`);
    expect(await stored()).toMatchObject([{ after: `${newest}` }]);
    const done = await operator.send(`${path}/rewind`, { after: `${newest - 4}` });
    expect(done.headers.get("Location")).toBe(`${path}?notice=rewound#notice`);
    expect(await stored()).toMatchObject([{ after: `${newest - 4}`, behind: { events: 4 } }]);
  });

  it.each([
    ["x", "After event ID must be a decimal"],
    ["", "After event ID must be a decimal"],
    ["999999", "can only be set back"],
  ])("does not rewind to %j, and says why beside the field", async (after, said) => {
    const path = await added();
    for (const page of [
      await operator.open(`${path}?rewind=${after}`),
      await operator.send(`${path}/rewind`, { after }),
    ]) {
      expect([409, 422]).toContain(page.status);
      expect((await elementsOf(page, "#rewind [role=alert] bdi"))[0]?.text).toContain(said);
      const [field] = await elementsOf(page, "#rewind-after");
      expect(field?.attributes).toMatchObject({ value: after, "aria-invalid": "true" });
    }
  });

  it("skips only an event that the destination refuses, and keeps that among the changes", async () => {
    const path = await added();
    expect(await elementsOf(await operator.open(path), "#skip")).toEqual([]);
    const id = await recorded(1);
    reply = () => new Response("bad <event>", { status: 400 });
    await service.sweep();
    const page = await operator.open(path);
    expect(await wordsOf(page)).toContain("it will be missing in the destination");
    const [field] = await elementsOf(page, "#skip input");
    expect(field?.attributes["value"]).toBe(`${id}`);
    const wrong = await operator.send(`${path}/skip`, { event: `${id + 1}` });
    expect(wrong.status).toBe(409);
    const done = await operator.send(`${path}/skip`, { event: `${id}` });
    expect(done.headers.get("Location")).toBe(`${path}?notice=skipped#notice`);
    const [change] = await textsOf(await operator.open("/streams"), "#changes li");
    expect(change).toContain("just now");
    expect(await wordsOf(await operator.open("/streams"))).toContain(`olga skipped event ${id} in stream`);
  });

  it("deletes it, and leaves the others", async () => {
    const path = await added();
    await added({ name: "other" });
    expect(await wordsOf(await operator.open(path))).toContain("its position is deleted");
    const response = await operator.send(`${path}/delete`, {});
    expect(response.headers.get("Location")).toBe("/streams?notice=streamDeleted#notice");
    expect(await stored()).toMatchObject([{ name: "other" }]);
    expect((await operator.send(`${path}/delete`, {})).status).toBe(404);
  });
});

describe("what operators did", () => {
  it("is listed newest first, on pages", async () => {
    const path = await added();
    for (let turn = 0; turn < 11; turn++) {
      await operator.send(`${path}/pause`, {});
      await operator.send(`${path}/resume`, {});
    }
    const page = await operator.open("/streams");
    expect(await elementsOf(page, "#changes li")).toHaveLength(20);
    expect(await wordsOf(page)).toContain("olga resumed stream");
    const earlier = await operator.open((await linkOf(page, "Earlier changes")) ?? "");
    expect(await elementsOf(earlier, "#changes li")).toHaveLength(3);
    expect(await wordsOf(earlier)).toMatch(/olga created stream \d+, SIEM/);
    expect(await linkOf(earlier, "Earlier changes")).toBeUndefined();
  });

  it("shows hostile names as text", async () => {
    const path = await added({ name: '<script>document.title="taken"</script>\u202e' });
    for (const page of [await operator.open(path), await operator.open("/streams")]) {
      expect(await elementsOf(page, "main script")).toEqual([]);
      expect(await wordsOf(page)).toContain("U+202E");
    }
  });
});

it("needs a token, and leads to the page to sign in", async () => {
  const response = await service.request("/streams", { headers: { Accept: "text/html" }, redirect: "manual" });
  expect([response.status, response.headers.get("Location")]).toEqual([303, "/sign-in?to=%2Fstreams"]);
});
