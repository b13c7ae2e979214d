import { describe, expect, it } from "vitest";
import { classify } from "../../src/channels/classify.ts";

const NOW = Date.UTC(2026, 9, 21, 7, 28, 0);
const DAY = 24 * 60 * 60;

function webhook(status: number, headers: Record<string, string> = {}, body = "") {
  return classify("webhook", { status, headers: new Headers(headers), body }, NOW);
}

function slack(status: number, body: string, headers: Record<string, string> = {}) {
  return classify("slack", { status, headers: new Headers(headers), body }, NOW);
}

describe("an answer's status", () => {
  it.each([200, 201, 202, 204, 299])("%i is delivered", (status) => {
    expect(webhook(status)).toEqual({ kind: "delivered" });
  });

  it("410 is gone", () => {
    expect(webhook(410)).toEqual({ kind: "gone", reason: "responded with 410" });
  });

  it.each([300, 301, 302, 303, 304, 307, 308])("%i is retried, not followed", (status) => {
    const reason = `responded with ${status}: redirects are not followed`;
    expect(webhook(status, { location: "https://example.com/" })).toEqual({ kind: "retry", reason });
  });

  it.each([400, 401, 403, 404, 405, 408, 409, 413, 422, 425, 429, 451, 500, 502, 503, 504, 525, 599])(
    "%i is retried by schedule",
    (status) => {
      expect(webhook(status)).toEqual({ kind: "retry", reason: `responded with ${status}` });
    },
  );
});

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    ["120", 120],
    [String(DAY), DAY],
    [String(DAY + 1), DAY],
    ["99999999999999999999999", DAY],
    ["Wed, 21 Oct 2026 07:29:00 GMT", 60],
    ["Wednesday, 21-Oct-26 07:29:00 GMT", 60],
    ["Wed Oct 21 07:29:00 2026", 60],
    ["Wed, 21 Oct 2026 07:27:00 GMT", 0],
    ["Wed, 21 Oct 2099 07:28:00 GMT", DAY],
  ])("%j is honoured on 429 and 503", (value, afterSeconds) => {
    const headers = { "retry-after": value };
    expect(webhook(429, headers)).toEqual({ kind: "retry", reason: "responded with 429", afterSeconds });
    expect(webhook(503, headers)).toEqual({ kind: "retry", reason: "responded with 503", afterSeconds });
    expect(slack(429, "rate_limited", headers)).toEqual({ kind: "retry", reason: "responded with 429", afterSeconds });
  });

  it.each(["", "soon", "soon 5", "-5", "1.5", "1e3", "0x10", "5, 10", "2026-10-21", "Wed, 99 Foo 2026 07:29:00 GMT"])(
    "%j is ignored",
    (value) => {
      expect(webhook(503, { "retry-after": value })).toEqual({ kind: "retry", reason: "responded with 503" });
    },
  );

  it.each([408, 425, 500, 502, 504, 301])("is ignored on %i", (status) => {
    expect(webhook(status, { "retry-after": "120" })).not.toHaveProperty("afterSeconds");
  });

  it("rounds part of a second up: never before it", () => {
    const answer = { status: 503, headers: new Headers({ "retry-after": "Wed, 21 Oct 2026 07:29:00 GMT" }), body: "" };
    expect(classify("webhook", answer, NOW + 1)).toMatchObject({ afterSeconds: 60 });
  });
});

describe("Slack's body", () => {
  it.each([
    [404, "no_service"],
    [404, "no_service_id"],
    [404, "no_active_hooks"],
    [404, "no_team"],
    [403, "team_disabled"],
    [404, "team_not_found"],
    [403, "invalid_token"],
    [403, "token_revoked"],
    [403, "account_inactive"],
    [404, "channel_not_found"],
    [410, "channel_is_archived"],
    [410, "is_archived"],
    [403, "action_prohibited"],
    [403, "posting_to_general_channel_denied"],
    [200, "no_service"],
    [503, "no_service\n"],
  ])("with %i, %j is gone", (status, body) => {
    expect(slack(status, body)).toEqual({ kind: "gone", reason: `Slack responded with ${body.trim()}` });
  });

  it.each([
    [400, "invalid_payload"],
    [400, "invalid_blocks"],
    [400, "invalid_blocks_format"],
    [400, "invalid_attachments"],
    [400, "no_text"],
    [400, "missing_text_or_fallback_or_attachments"],
    [400, "too_many_attachments"],
    [400, "msg_too_long"],
    [400, "msg_blocks_too_long"],
    [400, "user_not_found"],
    [500, " invalid_payload "],
    [410, "user_not_found"],
  ])("with %i, %j refuses this message", (status, body) => {
    expect(slack(status, body)).toEqual({ kind: "refused", reason: `Slack responded with ${body.trim()}` });
  });

  it("lets the status decide if the body has no known error code", () => {
    expect(slack(200, "ok")).toEqual({ kind: "delivered" });
    expect(slack(410, "")).toEqual({ kind: "gone", reason: "responded with 410" });
    expect(slack(500, "rollup_error")).toEqual({ kind: "retry", reason: "responded with 500" });
    expect(slack(404, "<p>no_service</p>")).toEqual({ kind: "retry", reason: "responded with 404" });
    expect(slack(404, "NO_SERVICE")).toEqual({ kind: "retry", reason: "responded with 404" });
  });

  it("means nothing in a webhook's answer", () => {
    expect(webhook(404, {}, "no_service")).toEqual({ kind: "retry", reason: "responded with 404" });
    expect(webhook(200, {}, "invalid_payload")).toEqual({ kind: "delivered" });
  });
});
