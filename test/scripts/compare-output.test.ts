import { describe, expect, it } from "vitest";
import { matches } from "../../scripts/docs-check/compare-output.ts";

const TIME = "1763859600123456789";

describe("an output block of a page", () => {
  it.each([
    ["text", "one\ntwo", "one\ntwo\n"],
    ["text", "one\n…\nfour", "one\ntwo\nthree\nfour\n"],
    ["text", '{"id":"1",…}', '{"id":"1","type":"USER_SIGNUP"}'],
    ["text", '{"at":"2026-11-23T09:14:49.191Z"}', '{"at":"2027-01-01T00:00:00Z"}'],
    ["json", '{\n  "id": "1"\n}', '{"id":"1"}'],
    ["http", "HTTP/1.1 200 OK\nLocation: /1", "HTTP/1.1 200 OK\r\nDate: now\r\nLocation: /1\r\n\r\n[]"],
    ["http", "HTTP/1.1 200 OK\n\n[]", "HTTP/1.1 200 OK\r\nDate: now\r\n\r\n[]"],
    ["text", `{"timestamp":"1700000000000000000"}`, `{"timestamp":"1800000000000000000"}`],
  ])("%s agrees: %j with %j", (language, text, output) => {
    expect(matches({ language, text, line: 1 }, output, TIME)).toBe(true);
  });

  it.each([
    ["text", "one\ntwo", "one\nthree\n"],
    ["text", "one", "one\ntwo\n"],
    ["text", "a.c", "abc"],
    ["json", '{"id":"1"}', '{"id":"2"}'],
    ["json", '{"id":"1"}', '{"id":"1","type":"USER_SIGNUP"}'],
    ["http", "HTTP/1.1 200 OK", "HTTP/1.1 500 Internal Server Error\r\n\r\n"],
    ["http", "HTTP/1.1 200 OK\nLocation: /1", "HTTP/1.1 200 OK\r\nLocation: /2\r\n\r\n"],
    ["http", "HTTP/1.1 200 OK\n\n[]", "HTTP/1.1 200 OK\r\n\r\n[1]"],
    ["text", `{"timestamp":"${TIME}"}`, `{"timestamp":"1763859600123456800"}`],
  ])("%s differs: %j from %j", (language, text, output) => {
    expect(matches({ language, text, line: 1 }, output, TIME)).toBe(false);
  });
});
