import { scheduler } from "node:timers/promises";
import type { ServerResponse } from "node:http";
import type { Behaviour } from "./plan.ts";

const HUGE_BYTES = 64 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, "x");
const [MAX_SECONDS, STEPS] = [14, 7];
const LIMIT_SECONDS = 1;
const RETRY_AFTER_SECONDS = 10;
const FLAP_SECONDS = 10;

/** Responds to one request. Resolves when the status is sent. The result is true if it was a 2xx. */
export type Responder = (response: ServerResponse) => Promise<boolean>;

/** `number` lets the receivers of one behaviour differ. All times are in receiver seconds. */
export function responderFor(behaviour: Behaviour, number: number, secondMs: number): Responder {
  switch (behaviour) {
    case "healthy":
      return answering(200);
    case "dead": // has no server until the cure
    case "failing":
      return answering(500);
    case "gone":
      return answering(410);
    case "limiting":
      return limiting(secondMs);
    case "slow":
      return slow((MAX_SECONDS / STEPS) * (1 + (number % STEPS)) * secondMs);
    case "hanging":
      return () => Promise.resolve(false);
    case "flapping":
      return (response) => answering(isUp(number, secondMs) ? 200 : 500)(response);
    case "huge":
      return huge;
    case "endless":
      return endless;
  }
}

function answering(status: number, headers: Record<string, string> = {}): Responder {
  return (response) => {
    response.writeHead(status, headers).end();
    return Promise.resolve(status < 300);
  };
}

function limiting(secondMs: number): Responder {
  let nextAt = 0;
  const retryAfter = String(Math.ceil((RETRY_AFTER_SECONDS * secondMs) / 1000));
  return (response) => {
    if (performance.now() < nextAt) return answering(429, { "Retry-After": retryAfter })(response);
    nextAt = performance.now() + LIMIT_SECONDS * secondMs;
    return answering(200)(response);
  };
}

/** Responds late. A response after the service's timeout does not count. */
function slow(milliseconds: number): Responder {
  return async (response) => {
    await scheduler.wait(milliseconds);
    return !response.destroyed && answering(200)(response);
  };
}

function isUp(number: number, secondMs: number): boolean {
  return Math.floor(performance.now() / (FLAP_SECONDS * secondMs) + number / 2) % 2 === 0;
}

const huge: Responder = (response) => {
  response.writeHead(200, { "Content-Length": String(HUGE_BYTES) });
  let left = HUGE_BYTES;
  const write = () => {
    while (left > 0 && !response.destroyed) {
      left -= CHUNK.byteLength;
      if (!response.write(CHUNK)) return;
    }
    response.end();
  };
  response.on("drain", write);
  write();
  return Promise.resolve(true);
};

/** Responds with a body that does not end. */
const endless: Responder = (response) => {
  response.writeHead(200);
  response.write("ok");
  return Promise.resolve(true);
};
