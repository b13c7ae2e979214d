import { zValidator } from "@hono/zod-validator";
import type { ValidationTargets } from "hono";
import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import type { z } from "zod";
import { AppError, invalidRequest } from "../../errors.ts";
import { RefusedJson, parseExactJson } from "../../lib/exact-json.ts";
import { fault, faultsOf } from "../../schemas/faults.ts";
import type { AppEnv } from "../app-env.ts";
import { limitBody } from "./limit-body.ts";
import { limitValues } from "./limit-values.ts";
import { requireUnencodedBody } from "./unencoded-body.ts";

const MIB = 1024 * 1024;
/** More than any set has, and than a body of 1 MiB can hold. */
const MAX_SET_VALUES = 1_000_000;

/** `zValidator` whose refusal is thrown, to be rendered where all are, and to keep it out of the client's types. */
export function validate<Target extends "query" | "param", Schema extends z.ZodType>(target: Target, schema: Schema) {
  return zValidator(target, schema, (result) => {
    if (!result.success) throw invalidRequest(faultsOf(result.error.issues));
  });
}

const requireJsonType = createMiddleware<AppEnv>(async (c, next) => {
  const type = c.req.header("Content-Type") ?? "";
  if (!/^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new AppError("unsupported-media-type", "Send JSON, and say so: Content-Type: application/json.", {
      headers: { Accept: "application/json" },
    });
  }
  await next();
});

/** Before `jsonBody`: the body is declared as JSON, is not compressed, and is not too large. */
export const requireJson = every(requireJsonType, requireUnencodedBody, limitBody(MIB, "A body"));

/** The same for a set of subscriptions: the largest that is stored can be sent back as it was served. */
export const setJson = every(
  requireJsonType,
  requireUnencodedBody,
  limitBody(4 * MIB, "A set"),
  limitValues(MAX_SET_VALUES),
);

/**
 * The JSON body by a schema, read so that numbers keep their digits (`zValidator` would use `JSON.parse`). It is there
 * as `c.req.valid("json")`.
 */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return createMiddleware<AppEnv, string, { in: { json: z.input<Schema> }; out: { json: z.output<Schema> } }>(
    async (c, next) => {
      const result = schema.safeParse(readJson(await c.req.arrayBuffer()), { reportInput: true });
      if (!result.success) throw invalidRequest(faultsOf(result.error.issues));
      c.req.addValidatedData("json", result.data as ValidationTargets["json"]);
      await next();
    },
  );
}

function readJson(body: ArrayBuffer): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    throw invalidRequest([{ path: "", message: "The body must be UTF-8." }]);
  }
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof RefusedJson) throw invalidRequest([fault(error.path, error.message)]);
    throw invalidRequest([{ path: "", message: "The body must be JSON." }]);
  }
}
