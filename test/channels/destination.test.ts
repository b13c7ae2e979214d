import { describe, expect, it } from "vitest";
import { destinationFault } from "../../src/channels/destination.ts";

const webhookFault = (url: string) => destinationFault({ type: "webhook", url }, false);
const slackFault = (url: string) => destinationFault({ type: "slack", url }, false);
const localFault = (url: string) => destinationFault({ type: "webhook", url }, true);

const SCHEME = "must start with https://";
const ADDRESS = "must name its host, as in https://example.com/hook, and not give an IP address";
const INTERNAL = "must be on a public host, as in https://example.com/hook";
const CREDENTIALS = "must not contain a user name or password";
const UNSAFE = "must not contain spaces, control characters or backslashes";
const INVALID = "must be a valid URL, as in https://example.com/hook";
const NOT_SLACK = "must be on hooks.slack.com or hooks.slack-gov.com";

describe("a webhook's destination", () => {
  it.each([
    "https://example.com",
    "https://example.com/hook?key=a%20b#part",
    "https://example.com:8443/hook",
    "https://example.com./hook",
    "HTTPS://Example.COM/hook",
    "https://bücher.example/hook",
    "https://my_service.example.com/",
    "https://1.2.3.4.example.com/",
    "https://localhost.example.com/",
    "https://notlocal.example/",
    "https://example.com/@ann",
    "https://example.com/?mail=ann@example.com",
  ])("may be %s", (url) => {
    expect(webhookFault(url)).toBeUndefined();
  });

  it.each([
    ["http://example.com/", SCHEME],
    ["ftp://example.com/", SCHEME],
    ["javascript:alert(1)", SCHEME],
    ["https:example.com", SCHEME],
    ["https:///example.com", SCHEME],
    ["//example.com/", SCHEME],
    ["example.com", SCHEME],
    ["", SCHEME],
    ["https://", SCHEME],
    ["https://?", INVALID],
    ["https://256.1.1.1/", INVALID],
    ["https://1.2.3.4.5/", INVALID],
    ["https://example.com:99999/", INVALID],
    ["https://exa%00mple.com/", INVALID],
    ["https://ann:secret@example.com/", CREDENTIALS],
    ["https://ann@example.com/", CREDENTIALS],
    ["https://@example.com/", CREDENTIALS],
    [" https://example.com/", UNSAFE],
    ["https://example.com/a b", UNSAFE],
    ["https://exam\tple.com/", UNSAFE],
    ["https://example.com/\n", UNSAFE],
    ["https://example.com/\u0000", UNSAFE],
    ["https://example.com/\u0085", UNSAFE],
    ["https://example.com/\u2028", UNSAFE],
    ["https://example.com/\u00A0", UNSAFE],
    ["https://example.com\\@evil.example/", UNSAFE],
    ["https://127.0.0.1/", ADDRESS],
    ["https://8.8.8.8/", ADDRESS],
    ["https://127.0.0.1./", ADDRESS],
    ["https://127.1/", ADDRESS],
    ["https://2130706433/", ADDRESS],
    ["https://0x7f.0.0.1/", ADDRESS],
    ["https://0x7f000001/", ADDRESS],
    ["https://0177.0.0.1/", ADDRESS],
    ["https://017700000001/", ADDRESS],
    ["https://0/", ADDRESS],
    ["https://１２７.0.0.1/", ADDRESS],
    ["https://127。0。0。1/", ADDRESS],
    ["https://%31%32%37.0.0.1/", ADDRESS],
    ["https://169.254.169.254/latest/meta-data/", ADDRESS],
    ["https://[::1]/", ADDRESS],
    ["https://[::]/", ADDRESS],
    ["https://[2001:db8::1]:8443/", ADDRESS],
    ["https://[::ffff:127.0.0.1]/", ADDRESS],
    ["https://[0:0:0:0:0:ffff:7f00:1]/", ADDRESS],
    ["https://[fe80::1]/", ADDRESS],
    ["https://localhost/", INTERNAL],
    ["https://localhost./", INTERNAL],
    ["https://LOCALHOST:8787/", INTERNAL],
    ["https://%6cocalhost/", INTERNAL],
    ["https://ⓛocalhost/", INTERNAL],
    ["https://receiver/", INTERNAL],
    ["https://receiver./", INTERNAL],
    ["https://metadata/", INTERNAL],
    ["https://com/", INTERNAL],
    ["https://api.localhost/", INTERNAL],
    ["https://printer.local/", INTERNAL],
    ["https://printer.local./", INTERNAL],
    ["https://PRINTER.LOCAL/", INTERNAL],
    ["https://api.internal/", INTERNAL],
    ["https://metadata.google.internal/", INTERNAL],
    ["https://metadata.goog/", INTERNAL],
    ["https://nas.lan/", INTERNAL],
    ["https://git.corp/", INTERNAL],
    ["https://home.arpa/", INTERNAL],
    ["https://nas.home.arpa/", INTERNAL],
    ["https://nas.home.arpa./", INTERNAL],
    ["https://localhost.localdomain/", INTERNAL],
    ["https://example.com../", INTERNAL],
    ["https://localhost../", INTERNAL],
    ["https://a..example.com/", INTERNAL],
    ["https://.example.com/", INTERNAL],
  ])("is refused as %j", (url, fault) => {
    expect(webhookFault(url)).toBe(fault);
  });
});

describe("a destination that can never be reached", () => {
  const label = (length: number) => "a".repeat(length);
  /** Makes a host name of a length. Its labels have 63 characters, except the last one. */
  const host = (length: number) => `${`${label(63)}.`.repeat(Math.floor(length / 64))}${label(length % 64)}`;
  const NO_PORT = "must not have the port 0, because no server can listen on it";
  const LABEL = "must have a host name with 1 to 63 characters between its dots";
  const NAME = "must have a host name of at most 253 characters";

  it.each([
    ["https://example.com:0/", NO_PORT],
    ["https://example.com:000/hook", NO_PORT],
    [`https://${label(64)}.example.com/`, LABEL],
    [`https://xn--${label(60)}.example.com/`, LABEL],
    [`https://example.${label(64)}./`, LABEL],
    [`https://${host(254)}/`, NAME],
    [`https://${host(254)}./`, NAME],
  ])("is refused wherever destinations may be: %s", (url, fault) => {
    expect(host(254)).toHaveLength(254);
    expect([webhookFault(url), localFault(url)]).toEqual([fault, fault]);
  });

  it.each(["http://localhost:0/", "http://[::1]:0/", "http://a..b/"])("is refused where it may be local: %s", (url) => {
    expect(localFault(url)).toBeDefined();
  });

  it("is none that just has the greatest length", () => {
    for (const url of [`https://${label(63)}.example.com/`, `https://${host(253)}/`, `https://${host(253)}./`]) {
      expect([webhookFault(url), localFault(url)]).toEqual([undefined, undefined]);
    }
    expect(localFault("http://[::1]:8080/")).toBeUndefined();
  });

  it("is refused for Slack too", () => {
    expect(slackFault("https://hooks.slack.com:0/services/T/B/x")).toBe(NO_PORT);
  });
});

describe("a Slack destination", () => {
  it.each([
    "https://hooks.slack.com/services/T000/B000/XXXX",
    "https://hooks.slack-gov.com/services/T000/B000/XXXX",
    "https://HOOKS.slack.com/services/T000/B000/XXXX",
  ])("may be %s", (url) => {
    expect(slackFault(url)).toBeUndefined();
  });

  it.each([
    ["https://slack.com/services/T", NOT_SLACK],
    ["https://example.com/services/T", NOT_SLACK],
    ["https://hooks.slack.com.evil.example/services/T", NOT_SLACK],
    ["https://evil-hooks.slack.com/services/T", NOT_SLACK],
    ["https://a.hooks.slack.com/services/T", NOT_SLACK],
    ["https://hooks-slack.com/services/T", NOT_SLACK],
    ["https://hooks.slаck.com/services/T", NOT_SLACK], // a Cyrillic а
    ["https://hooks.slack.com./services/T", NOT_SLACK], // another name in TLS and in the Host header
    ["https://127.0.0.1/services/T", NOT_SLACK],
    ["https://evil.example/hooks.slack.com", NOT_SLACK],
    ["https://evil.example?hooks.slack.com", NOT_SLACK],
    ["https://evil.example#hooks.slack.com", NOT_SLACK],
    ["https://hooks.slack.com@evil.example/services/T", CREDENTIALS],
    ["http://hooks.slack.com/services/T", SCHEME],
    ["https://evil.example\\.hooks.slack.com/", UNSAFE],
  ])("is refused as %j", (url, fault) => {
    expect(slackFault(url)).toBe(fault);
  });
});

describe("with local destinations allowed", () => {
  it.each(["http://localhost:9000/hook", "http://127.0.0.1:9000/", "http://[::1]/", "https://receiver/"])(
    "a webhook may go to %s",
    (url) => {
      expect(localFault(url)).toBeUndefined();
    },
  );

  it("Slack may be played by any host", () => {
    expect(destinationFault({ type: "slack", url: "http://localhost:9000/slack" }, true)).toBeUndefined();
  });

  it.each([
    ["http://ann:secret@localhost:9000/", CREDENTIALS],
    ["http://localhost:9000/a b", UNSAFE],
    ["ftp://localhost/", "must start with http:// or https://"],
    ["http://256.1.1.1/", INVALID],
  ])("%j is still refused", (url, fault) => {
    expect(localFault(url)).toBe(fault);
  });
});
