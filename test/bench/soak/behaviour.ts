import { scheduler } from "node:timers/promises";
import type { ServerResponse } from "node:http";
import type { Temper } from "./plan.ts";

const HUGE_BYTES = 64 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, "x");
const [SLOWEST, STEPS] = [14, 7];
const LIMIT_EVERY = 1;
const RETRY_AFTER = 10;
const FLAP_EVERY = 10;

/** Responds to one POST as the temper demands; returns after the status was sent, with whether it was a 2xx. */
export type Behaviour = (response: ServerResponse) => Promise<boolean>;

/** `number` makes those of one temper differ; times are in receivers' seconds. */
export function behaviourOf(temper: Temper, number: number, secondMs: number): Behaviour {
  switch (temper) {
    case "healthy":
      return answering(200);
    case "dead": // nothing listens until it is cured
    case "failing":
      return answering(500);
    case "gone":
      return answering(410);
    case "limiting":
      return limiting(secondMs);
    case "slow":
      return slow((SLOWEST / STEPS) * (1 + (number % STEPS)) * secondMs);
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

function answering(status: number, headers: Record<string, string> = {}): Behaviour {
  return (response) => {
    response.writeHead(status, headers).end();
    return Promise.resolve(status < 300);
  };
}

function limiting(secondMs: number): Behaviour {
  let nextAt = 0;
  const retryAfter = String(Math.ceil((RETRY_AFTER * secondMs) / 1000));
  return (response) => {
    if (performance.now() < nextAt) return answering(429, { "Retry-After": retryAfter })(response);
    nextAt = performance.now() + LIMIT_EVERY * secondMs;
    return answering(200)(response);
  };
}

/** An answer that the service no longer waits for counts for nothing. */
function slow(milliseconds: number): Behaviour {
  return async (response) => {
    await scheduler.wait(milliseconds);
    return !response.destroyed && answering(200)(response);
  };
}

function isUp(number: number, secondMs: number): boolean {
  return Math.floor(performance.now() / (FLAP_EVERY * secondMs) + number / 2) % 2 === 0;
}

const huge: Behaviour = (response) => {
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

/** A body that begins and never ends. */
const endless: Behaviour = (response) => {
  response.writeHead(200);
  response.write("ok");
  return Promise.resolve(true);
};
