import { describe, expect, it } from "vitest";
import page from "../../docs/streams.md?raw";
import { parseExactJson } from "../../src/lib/exact-json.ts";
import { toFaults } from "../../src/schemas/faults.ts";
import { SECRET_FIELD, STREAM_KINDS, type StreamKind } from "../../src/schemas/stream-destinations.ts";
import { ChangedStream, NewStream, Stream, StreamRewind, StreamSkip } from "../../src/schemas/stream.ts";

const DESTINATIONS: Record<StreamKind, Record<string, unknown>> = {
  http: {
    url: "https://receiver.example.com/in",
    signing_secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  },
  splunk_hec: {
    url: "https://splunk.example.com:8088/services/collector/event",
    token: "b1b2f3a4-0000-4000-8000-000000000000",
    index: "audit",
  },
  datadog: {
    url: "https://http-intake.logs.datadoghq.eu/api/v2/logs",
    api_key: "0123456789abcdef0123456789abcdef",
    tags: ["env:prod"],
  },
  s3: {
    endpoint: "https://s3.eu-central-1.amazonaws.com",
    region: "eu-central-1",
    bucket: "audit-trail",
    prefix: "tidings",
    access_key_id: "AKIAIOSFODNN7EXAMPLE",
    secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  },
};

function sent(kind: StreamKind, fields: object = {}, destination: object = {}) {
  return { name: "audit", kind, destination: { ...DESTINATIONS[kind], ...destination }, ...fields };
}

/** The faults of a body, as the API returns them. */
function faultsOf(schema: typeof NewStream | typeof ChangedStream, body: unknown): string[] {
  const result = schema.safeParse(body, { reportInput: true });
  return result.success ? [] : toFaults(result.error.issues).map(({ path, message }) => `${path}: ${message}`);
}

/** What the API would serve of a stream that was created so. */
function served(kind: StreamKind) {
  const { after: _, ...stream } = NewStream.parse(sent(kind, { listing: { type: ["ADD_BUILD"], since: "5" } }));
  const set = { id: "3", status: "active", after: "0", behind: { events: 0 }, created_at: "2026-11-29T02:05:17.488Z" };
  return Stream.parse({ ...stream, ...set });
}

describe.each(STREAM_KINDS)("a stream of the kind %s", (kind) => {
  it("has a default for everything but its name, its kind and its destination", () => {
    expect(NewStream.parse(sent(kind))).toEqual({ ...sent(kind), format: "tidings", listing: {}, enabled: true });
    for (const field of ["name", "destination"]) {
      expect(faultsOf(NewStream, { ...sent(kind), [field]: undefined })).toEqual([`${field}: is required`]);
    }
  });

  it("refuses unknown fields, also in its destination and in its listing", () => {
    expect(faultsOf(NewStream, sent(kind, { colour: "red" }))).toEqual(["colour: is not a known field"]);
    expect(faultsOf(NewStream, sent(kind, {}, { colour: "red" }))).toEqual([
      "destination.colour: is not a known field",
    ]);
    expect(faultsOf(NewStream, sent(kind, { listing: { page_size: "5" } }))).toEqual([
      "listing.page_size: is not a known field",
    ]);
  });

  it("needs its secret to be created, and keeps it if a change leaves it out", () => {
    const secret = SECRET_FIELD[kind];
    const path = `destination.${secret}`;
    expect(faultsOf(NewStream, sent(kind, {}, { [secret]: undefined }))).toEqual([`${path}: is required`]);
    for (const absent of [undefined, null, ""]) {
      const changed = ChangedStream.parse(sent(kind, {}, { [secret]: absent }));
      expect(Object.entries(changed.destination).filter(([, value]) => value !== undefined)).toEqual(
        Object.entries(DESTINATIONS[kind]).filter(([name]) => name !== secret),
      );
    }
  });

  it("is served without its secret, and can then be sent back", () => {
    const stream = served(kind);
    expect(JSON.stringify(stream)).not.toContain(DESTINATIONS[kind][SECRET_FIELD[kind]]);
    const changed = ChangedStream.parse(JSON.parse(JSON.stringify(stream)));
    const { id: _i, status: _s, after: _a, behind: _b, created_at: _c, ...settings } = stream;
    expect(JSON.parse(JSON.stringify(changed))).toEqual(JSON.parse(JSON.stringify(settings)));
  });

  it("repeats no secret in an error", () => {
    for (const bad of ["hidden text", "hidden\r\nx: 1", { text: "hidden" }]) {
      const faults = faultsOf(NewStream, sent(kind, {}, { [SECRET_FIELD[kind]]: bad }));
      expect(faults).toHaveLength(1);
      expect(faults[0]).not.toContain("hidden");
    }
  });

  it.each(["url", "endpoint"].filter((field) => field in DESTINATIONS[kind]))("needs a text as its %s", (field) => {
    for (const bad of ["", 5, `https://example.com/${"x".repeat(2048)}`, "https://example.com/\ud800"]) {
      expect(faultsOf(NewStream, sent(kind, {}, { [field]: bad }))[0]).toMatch(`destination.${field}: must `);
    }
  });
});

describe("a stream", () => {
  it.each([undefined, "kafka", 5, null])("cannot be of the kind %j", (kind) => {
    const body = { ...sent("http"), kind };
    expect(faultsOf(NewStream, body)).toEqual(["kind: must be one of http, splunk_hec, datadog, s3"]);
    expect(faultsOf(ChangedStream, body)).toEqual(["kind: must be one of http, splunk_hec, datadog, s3"]);
  });

  it.each([null, [], "http", 5])("cannot be %j", (body) => {
    expect(faultsOf(NewStream, body)).toEqual([": must be a stream, as a JSON object"]);
  });

  it("treats null and an empty text as an absent field, but not in allowed_groups", () => {
    const empty = { format: null, listing: null, enabled: null, after: "" };
    expect(NewStream.parse(sent("http", empty))).toMatchObject({ format: "tidings", listing: {}, enabled: true });
    expect(faultsOf(NewStream, sent("http", { allowed_groups: null }))).toEqual([
      "allowed_groups: must be an array of group names",
    ]);
    expect(NewStream.parse(sent("http")).allowed_groups).toBeUndefined();
    expect(NewStream.parse(sent("http", { allowed_groups: ["a", "b", "a"] })).allowed_groups).toEqual(["a", "b"]);
  });

  it("begins after an ID only when it is created", () => {
    expect(NewStream.parse(sent("http", { after: "0" })).after).toBe("0");
    expect(faultsOf(NewStream, sent("http", { after: "01" }))[0]).toMatch(/^after: must be a decimal/);
    expect(ChangedStream.parse(sent("http", { after: "7" }))).not.toHaveProperty("after");
  });
});

describe("the listing of a stream", () => {
  const listingOf = (listing: unknown) => NewStream.parse(sent("http", { listing })).listing;
  const faultsIn = (listing: unknown) => faultsOf(NewStream, sent("http", { listing }));

  it("has the filters of the events' listing", () => {
    const listing = {
      type: ["ADD_BUILD", "USER_SIGNUP"],
      username: "ann",
      inventory_project: "store",
      inventory_application: "web",
      inventory_version: "1.2",
      state_project: "shop",
      state_environment: "production",
      state_deployment: "api",
    };
    expect(listingOf(listing)).toEqual(listing);
    expect(listingOf({ type: "ADD_BUILD" })).toEqual({ type: ["ADD_BUILD"] });
  });

  it("ignores empty filters", () => {
    const listing = listingOf({ type: "", username: "", since: null, until: "", state_project: null });
    expect(JSON.stringify(listing)).toBe("{}");
    expect(listingOf({ type: [] }).type).toBeUndefined();
    expect(listingOf({ type: null }).type).toBeUndefined();
  });

  it("takes times as RFC 3339, and as nanoseconds in a text or in a number, to the last digit", () => {
    const body = parseExactJson('{"since": 1763859600123456789, "until": "2026-01-31T09:30:00Z"}');
    expect(listingOf(body)).toEqual({ since: "1763859600123456789", until: "1769851800000000000" });
    expect(listingOf({ since: 5, until: "6" })).toEqual({ since: "5", until: "6" });
    expect(faultsIn({ since: "6", until: "5" })).toEqual(["listing.until: must not be before since"]);
    expect(faultsIn({ since: "yesterday" })[0]).toMatch(/^listing.since: must be a time/);
    expect(faultsIn({ since: true })[0]).toMatch(/^listing.since: must be a time/);
  });

  it.each([
    [{ type: "NO_SUCH_TYPE" }, /^listing.type.0: must be one of CREATE_INVENTORY_PROJECT/],
    [{ username: ["ann"] }, /^listing.username: must be a string$/],
    [{ state_project: "x".repeat(256) }, /^listing.state_project: must be at most 255/],
    [{ state_project: "\ud800" }, /^listing.state_project: must not hold an unpaired surrogate/],
    ["ADD_BUILD", /^listing: must be filters, as a JSON object$/],
  ])("cannot be %j", (listing, message) => {
    expect(faultsIn(listing)).toEqual([expect.stringMatching(message)]);
  });
});

describe("a destination", () => {
  const bytes = (length: number) => `whsec_${new Uint8Array(length).toBase64()}`;

  it("has a signing secret of 24 to 64 bytes", () => {
    for (const good of [bytes(24), bytes(32), bytes(64)]) {
      expect(faultsOf(NewStream, sent("http", {}, { signing_secret: good }))).toEqual([]);
    }
    const wrong = [bytes(23), bytes(65), bytes(32).slice(6), bytes(32).replace(/=+$/, ""), `${bytes(24)} `, "whsec_"];
    for (const bad of wrong) {
      expect(faultsOf(NewStream, sent("http", {}, { signing_secret: bad }))).toEqual([
        "destination.signing_secret: must be whsec_ and then 24 to 64 bytes in base64",
      ]);
    }
  });

  it("has tags as a text or as an array of tags without commas", () => {
    for (const tags of ["env:prod,team:a", ["env:prod", "team:a"]]) {
      expect(NewStream.parse(sent("datadog", {}, { tags })).destination).toMatchObject({ tags });
    }
    for (const tags of [["a,b"], [""], 5, [5]]) {
      expect(faultsOf(NewStream, sent("datadog", {}, { tags }))).toHaveLength(1);
    }
  });

  it.each([
    ["region", "eu central"],
    ["region", ""],
    ["bucket", "a/b"],
    ["bucket", ".."],
    ["prefix", "a/../b"],
    ["prefix", "./a"],
    ["prefix", "a\nb"],
    ["access_key_id", "A/B"],
    ["access_key_id", "A, B"],
  ])("in S3 cannot have the %s %j", (field, bad) => {
    const faults = faultsOf(NewStream, sent("s3", {}, { [field]: bad }));
    expect(faults).not.toEqual([]);
    for (const message of faults) expect(message).toMatch(`destination.${field}: must `);
  });
});

describe("a position of a stream", () => {
  it("is a decimal ID", () => {
    expect(StreamRewind.parse({ after: "0" })).toEqual({ after: "0" });
    expect(StreamSkip.parse({ event: "7" })).toEqual({ event: "7" });
    for (const bad of [{}, { after: "x", event: "x" }, { after: 7, event: 7 }, { after: "1", event: "1" }]) {
      expect(StreamRewind.safeParse(bad).success).toBe(false);
      expect(StreamSkip.safeParse(bad).success).toBe(false);
    }
  });
});

describe("docs/streams.md", () => {
  it("has a valid stream of each kind", () => {
    const bodies = [...page.matchAll(/```json\n([^`]+)```/g)].map(([, json = ""]) => JSON.parse(json));
    const streams = bodies.filter((body) => "kind" in body);
    expect(streams.map(({ kind }) => kind)).toEqual(STREAM_KINDS);
    for (const stream of streams) expect(faultsOf(NewStream, stream)).toEqual([]);
  });
});
