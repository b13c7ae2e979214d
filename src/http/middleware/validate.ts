import { zValidator } from "@hono/zod-validator";
import type { ValidationTargets } from "hono";
import { createMiddleware } from "hono/factory";
import type { z } from "zod";
import { invalidRequest } from "../../errors.ts";
import { RefusedJson, parseExactJson } from "../../lib/exact-json.ts";
import { fault, toFaults } from "../../schemas/faults.ts";
import type { AppEnv } from "../app-env.ts";

/** Like `zValidator`, but throws the 400. So `onError` renders it, and the typed client's types do not contain it. */
export function validate<Target extends "query" | "param", Schema extends z.ZodType>(target: Target, schema: Schema) {
  return zValidator(target, schema, (result) => {
    if (!result.success) throw invalidRequest(toFaults(result.error.issues));
  });
}

/**
 * Validates the JSON body; handlers read it with `c.req.valid("json")`. Numbers keep their digits, unlike with
 * `zValidator`, which uses `JSON.parse`.
 */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return createMiddleware<AppEnv, string, { in: { json: z.input<Schema> }; out: { json: z.output<Schema> } }>(
    async (c, next) => {
      const result = schema.safeParse(readJson(await c.req.arrayBuffer()), { reportInput: true });
      if (!result.success) throw invalidRequest(toFaults(result.error.issues));
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
