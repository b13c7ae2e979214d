import { describe, expect, it } from "vitest";
import { gzipSync } from "node:zlib";
import { type Interceptor, LogServer } from "./log-server.ts";
import { runVerifier } from "./run-verifier.ts";
import { expectFault } from "./tampering.ts";

/** Responds to requests for one file only. */
const only =
  (path: string, respond: Interceptor): Interceptor =>
  (asked, response, attempt) =>
    asked === path && respond(asked, response, attempt);

const HOSTILE: [name: string, intercept: Interceptor, sentence: string][] = [
  ["never responds", only("tile/0/001", () => true), "/log/tile/0/001 did not respond within 0.5 seconds."],
  [
    "never ends its response",
    only("tile/0/001", (_, response) => response.writeHead(200).write("some bytes") || true),
    "/log/tile/0/001 did not respond within 0.5 seconds.",
  ],
  [
    "closes the connection",
    only("tile/0/001", (_, response) => response.destroy() !== undefined),
    "/log/tile/0/001 cannot be read: other side closed.",
  ],
  [
    "sends a response that unpacks to a thousand times its size",
    only("tile/0/001", (_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(50_000_000)));
      return true;
    }),
    "/log/tile/0/001 is longer than 8192 bytes.",
  ],
  [
    "sends elsewhere",
    only("checkpoint", (_, response) => {
      response.writeHead(302, { location: "http://localhost:1/" }).end();
      return true;
    }),
    "/log/checkpoint responded with 302.",
  ],
  [
    "fails",
    only("tile/1/000.p/2", (_, response) => {
      response.writeHead(500).end("a stack");
      return true;
    }),
    "/log/tile/1/000.p/2 responded with 500.",
  ],
  [
    "has no log",
    only("checkpoint", (_, response) => {
      response.writeHead(404).end();
      return true;
    }),
    "URL/log/checkpoint is missing (404). The service has no log, or --url is not the service.",
  ],
];

describe.concurrent("verify-log ends with a sentence if the server", () => {
  it.each(HOSTILE)("%s", async (_, intercept, sentence) => {
    await using log = await LogServer.start(600);
    log.intercept = intercept;
    // The others get the whole time of a request, because a busy machine may need more than half a second for one.
    const isToTimeOut = sentence.includes("0.5 seconds");
    await expectFault(log, sentence.replace("URL", log.url), isToTimeOut ? ["--timeout", "0.5"] : []);
  });

  it("is not there", async () => {
    const log = await LogServer.start(0);
    const { url } = log;
    await log[Symbol.asyncDispose]();
    const { exitCode, stderr } = await runVerifier("verify-log", ["--url", url]);
    expect(stderr).toMatch(/^WRONG: \/log\/key cannot be read: connect ECONNREFUSED .+\.\n$/);
    expect(exitCode).toBe(1);
  });
});
