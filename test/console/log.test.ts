import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { anEvent, someEvents } from "../support/factories.ts";
import { cosignNewest, KEY, LOG_WITNESSES, proved, stopLog } from "../support/logged-service.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { elementsOf, hrefsOf, linkOf, signedIn, textsOf, wordsOf } from "./browser.ts";

const service = aService({ LOG_KEY: KEY.privateKey });
const browser = await signedIn(service, { groups: ["team"] });
const withoutLog = await signedIn(aService({ LOG_KEY: "" }));

beforeEach(forgetEverything);

async function idOf(fields: Parameters<typeof anEvent>[0] = {}): Promise<string> {
  const { headers } = await service.record(anEvent(fields));
  return headers.get("Location")?.split("/").at(-1) ?? "";
}

/** Returns the files of a ustar archive. POSIX defines the header that this function reads. */
function filesIn(archive: ArrayBuffer): Record<string, string> {
  const text = (at: number, length: number) => new TextDecoder().decode(archive.slice(at, at + length));
  const files: Record<string, string> = {};
  for (let at = 0; text(at, 1) !== "\0";) {
    const [name = ""] = text(at, 100).split("\0");
    const size = Number.parseInt(text(at + 124, 12), 8);
    files[name] = text(at + 512, size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

describe("the page of an event", () => {
  it("says where the event is in the log, and what its proof is for", async () => {
    await service.record(someEvents(3));
    const id = await idOf();
    await service.sweep();
    const page = await browser.open(`/events/${id}`);
    expect(await wordsOf(page)).toMatch(
      /Proof In the log at 3, checkpoint of \d\d:\d\d Download proof It shows anybody/,
    );
    expect(await linkOf(page, "the log")).toBe("/log");
    expect(await linkOf(page, "Download proof")).toBe(`/events/${id}/proof`);
  });

  it("has the day of a checkpoint that is older than today", async () => {
    const id = await idOf();
    await service.sweep();
    await env.DB.prepare("UPDATE log_state SET checkpoint_at = ?")
      .bind(Date.UTC(2025, 10, 23, 2, 5))
      .run();
    expect(await wordsOf(await browser.open(`/events/${id}`))).toContain("checkpoint of 23 November 2025, 02:05");
  });

  it("says that the event is not in the log yet, or that the log is stopped", async () => {
    const id = await idOf();
    expect(await wordsOf(await browser.open(`/events/${id}`))).toContain(
      "Not in the log yet. That takes a few seconds",
    );
    await service.sweep();
    await stopLog();
    const later = await idOf();
    const page = await browser.open(`/events/${later}`);
    expect(await wordsOf(page)).toContain("Not in the log, because the log is stopped");
    expect(await linkOf(page, "Download proof")).toBeUndefined();
    expect(await linkOf(await browser.open(`/events/${id}`), "Download proof")).toBe(`/events/${id}/proof`);
  });

  it("offers no proof once the event's opening was destroyed", async () => {
    const id = await idOf();
    await service.sweep();
    await env.DB.prepare("UPDATE events SET opening = NULL").run();
    const page = await browser.open(`/events/${id}`);
    expect(await wordsOf(page)).toContain("The opening of this event was destroyed");
    expect(await linkOf(page, "Download proof")).toBeUndefined();
  });

  it("says nothing of a log where there is none, also if LOG_KEY is bad", async () => {
    const id = await idOf();
    await service.sweep();
    for (const LOG_KEY of ["", "PRIVATE+KEY+broken"]) {
      const page = await (await signedIn(aService({ LOG_KEY }))).open(`/events/${id}`);
      expect(page.status).toBe(200);
      expect(await wordsOf(page)).not.toContain("Proof");
      expect(await textsOf(page, "header nav a")).not.toContain("Log");
    }
  });
});

describe("the download of a proof", () => {
  it("is one archive of the event's bytes, its proof, the key, and how to check them", async () => {
    await service.record(someEvents(5));
    const id = await idOf({ username: "مريم", data: { note: "a\u2028b" }, allowed_groups: ["team"] });
    await service.sweep();
    const response = await browser.open(`/events/${id}/proof`);
    expect(response.headers.get("Content-Type")).toBe("application/x-tar");
    expect(response.headers.get("Content-Disposition")).toBe(`attachment; filename="event-${id}-proof.tar"`);
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
    const files = filesIn(await response.arrayBuffer());
    const folder = `event-${id}`;
    expect(Object.keys(files)).toEqual(
      ["event.json", "proof.txt", "key.txt", "README.txt"].map((name) => `${folder}/${name}`),
    );
    const event = files[`${folder}/event.json`] ?? "";
    expect(event).toBe(await (await service.get(`/api/v1/events/${id}`, { groups: ["team"] })).text());
    expect(await proved(event, files[`${folder}/proof.txt`] ?? "")).toEqual({ index: 5, size: 6 });
    expect(files[`${folder}/key.txt`]).toBe(`${KEY.publicKey}\n`);
    expect(files[`${folder}/README.txt`]).toContain(
      `npm run --silent verify-proof -- --event ../${folder}/event.json --proof ../${folder}/proof.txt --key "${KEY.publicKey}"`,
    );
  });

  it("is the same 404 for a hidden event as for one that does not exist", async () => {
    const hidden = await idOf({ username: "secret", allowed_groups: ["others"] });
    await service.sweep();
    for (const id of [hidden, "999999", "x"]) {
      const page = await browser.open(`/events/${id}/proof`);
      expect(page.status).toBe(404);
      expect(await wordsOf(page)).toContain("There is no event with this ID that you may see.");
    }
  });

  it("says when to try again while the event is not in the log", async () => {
    const page = await browser.open(`/events/${await idOf()}/proof`);
    expect(page.status).toBe(409);
    expect(await wordsOf(page)).toContain("Try again in 2 seconds.");
  });

  it("is a page that says why where there is no log", async () => {
    const page = await withoutLog.open(`/events/${await idOf()}/proof`);
    expect(page.status).toBe(404);
    expect(await wordsOf(page)).toContain("This service keeps no verifiable log");
  });
});

describe("the page of the log", () => {
  it("shows the newest checkpoint with its age, the key, and the commands that verify", async () => {
    await service.record(someEvents(3));
    await service.sweep();
    const page = await browser.open("/log");
    const words = await wordsOf(page);
    expect(words).toContain("3 entries, signed just now.");
    expect(words).toContain("None. A witness is a service of somebody else");
    const [checkpoint, key, verify, keep] = await textsOf(page, "pre");
    const newest = await (await service.get("/log/checkpoint")).text();
    expect(checkpoint).toBe(newest.replace(/\s+/g, " ").trim());
    expect(key).toBe(KEY.publicKey);
    expect(verify).toBe(
      `npm run --silent verify-log -- --url https://tidings.example --key "${KEY.publicKey}" --known checkpoint.txt`,
    );
    expect(keep).toContain("https://tidings.example/log/checkpoint");
    expect(await hrefsOf(page, "main a")).toEqual(["/log/checkpoint", "/log/key"]);
    expect(await elementsOf(page, "script")).toEqual([]);
  });

  it("is in the navigation", async () => {
    const page = await browser.open("/log");
    const links = await elementsOf(page, "header nav a");
    expect(links.map(({ text }) => text)).toEqual(["Everything", "Inventory", "Projects", "Subscriptions", "Log"]);
    expect(links.find(({ attributes }) => "aria-current" in attributes)?.text).toBe("Log");
    expect((await browser.open("/log/")).status).toBe(200);
  });

  it("can be reached with the keyboard in all that scrolls", async () => {
    const blocks = await elementsOf(await browser.open("/log"), "pre");
    expect(blocks).toHaveLength(4);
    for (const { attributes } of blocks) {
      expect(attributes).toMatchObject({ tabindex: "0", "aria-label": expect.stringMatching(/./) });
    }
  });

  it("says that there is no checkpoint yet, and that the log is stopped", async () => {
    await service.record(anEvent());
    expect(await wordsOf(await browser.open("/log"))).toContain("There is no checkpoint yet");
    await service.sweep();
    await stopLog();
    const page = await browser.open("/log");
    expect(await textsOf(page, "[role=alert]")).toEqual([expect.stringContaining("The log is stopped")]);
    expect(await wordsOf(page)).toContain("1 entry, signed");
  });

  it("shows which witness has signed what, and why one has not", async () => {
    const witnessed = await signedIn(aService({ LOG_KEY: KEY.privateKey, LOG_WITNESSES }));
    await service.record(someEvents(2));
    await service.sweep();
    const before = await witnessed.open("/log");
    expect(await textsOf(before, "#witnesses li")).toEqual(["witness.example/w1 has not signed a checkpoint yet"]);
    expect(await hrefsOf(before, "#witnesses a")).toEqual([]);
    await cosignNewest(await (await service.get("/log/checkpoint")).text(), Math.floor(Date.now() / 1000) - 120);
    const page = await witnessed.open("/log");
    expect(await textsOf(page, "#witnesses li")).toEqual([
      "witness.example/w1 signed the checkpoint of 2 entries 2 minutes ago",
    ]);
    expect(await hrefsOf(page, "#witnesses a")).toEqual(["/log/checkpoint?cosigned=1"]);
    await env.DB.prepare("UPDATE log_witnesses SET failure = 'it answered 403: <b>no</b>'").run();
    expect(await textsOf(await witnessed.open("/log"), "#witnesses li")).toEqual([
      "witness.example/w1 signed the checkpoint of 2 entries 2 minutes ago. The last attempt failed: it answered 403: <b>no</b>",
    ]);
  });

  it("needs a reader, and is a 404 that says so where there is no log", async () => {
    const { headers, status } = await service.request("/log", { headers: { Accept: "text/html" }, redirect: "manual" });
    expect([status, headers.get("Location")]).toEqual([303, "/sign-in?to=%2Flog"]);
    const page = await withoutLog.open("/log");
    expect(page.status).toBe(404);
    expect(await wordsOf(page)).toContain("This service keeps no verifiable log");
    expect(await textsOf(page, "header nav a")).not.toContain("Log");
  });
});
