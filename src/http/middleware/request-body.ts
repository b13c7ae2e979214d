import { bodyLimit } from "hono/body-limit";
import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { AppError, invalidRequest } from "../../errors.ts";
import type { AppEnv } from "../app-env.ts";

const MIB = 1024 * 1024;
/** The largest set has fewer values, and a body of 1 MiB cannot contain so many. */
const MAX_SET_VALUES = 1_000_000;

const requireJsonType = createMiddleware<AppEnv>(async (c, next) => {
  const type = c.req.header("Content-Type") ?? "";
  if (!/^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new AppError("unsupported-media-type", "Send JSON with the header Content-Type: application/json.", {
      headers: { Accept: "application/json" },
    });
  }
  await next();
});

/**
 * A body is never decompressed, because a small one could expand to more than an isolate's memory. RFC 9110 §8.4,
 * §15.5.16
 */
export const requireUnencodedBody = createMiddleware<AppEnv>(async (c, next) => {
  const codings = c.req.header("Content-Encoding")?.toLowerCase().split(",") ?? [];
  if (codings.some((coding) => !["", "identity"].includes(coding.trim()))) {
    throw new AppError("unsupported-media-type", "Send the body uncompressed, without Content-Encoding.", {
      headers: { "Accept-Encoding": "identity" },
    });
  }
  await next();
});

/** `what` names the body in the error, as in "The form". */
export function limitBody(maxBytes: number, what: string) {
  return bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new AppError("payload-too-large", `${what} must not be larger than ${maxBytes} bytes.`);
    },
  });
}

/**
 * Rejects a JSON body with too many values before it is parsed, because a value takes many times the memory of its
 * text.
 */
function limitValues(max: number) {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (countCommas(new Uint8Array(await c.req.arrayBuffer())) >= max) {
      throw invalidRequest([{ path: "", message: `The body must not contain more than ${max} values.` }]);
    }
    await next();
  });
}

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];

/** Counts the commas outside strings. There is one between two values of an array or object. */
function countCommas(json: Uint8Array): number {
  let commas = 0;
  let isText = false;
  for (let index = 0; index < json.length; index++) {
    const byte = json[index];
    if (byte === QUOTE) isText = !isText;
    else if (byte === BACKSLASH) index++;
    else if (byte === COMMA && !isText) commas++;
  }
  return commas;
}

/** Requires a body that is declared as JSON, uncompressed and at most 1 MiB. Use before `jsonBody`. */
export const requireJson = every(requireJsonType, requireUnencodedBody, limitBody(MIB, "The body"));

/**
 * Like `requireJson`, for a set of subscriptions. Its limits are such that the largest set can be sent back as it was
 * served.
 */
export const requireJsonSet = every(
  requireJsonType,
  requireUnencodedBody,
  limitBody(4 * MIB, "The set"),
  limitValues(MAX_SET_VALUES),
);
