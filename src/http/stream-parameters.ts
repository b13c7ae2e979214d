import type { Context as HonoContext } from "hono";
import type * as z from "zod";
import { invalidRequest } from "../errors.ts";
import { LastEventId, Limit, type PageQuery } from "../schemas/page.ts";
import { Decimal } from "../schemas/text.ts";
import type { AppEnv } from "./app-env.ts";

/** What streams alone are asked for; each throws AppError `invalid-request`. */
export function readLimit({ limit }: PageQuery): number | undefined {
  return parsed("limit", Limit.optional(), limit);
}

/** The header, or else the parameter: a polyfill that sends no header of its own puts the ID in the URL. Empty is left out. */
export function readLastEventId(c: HonoContext<AppEnv>, { lastEventId }: PageQuery): string | undefined {
  return (
    parsed("Last-Event-ID", Decimal.optional(), c.req.header("Last-Event-ID") || undefined) ??
    parsed("lastEventId", LastEventId.optional(), lastEventId || undefined)
  );
}

export function refusePageFrom({ page_from }: PageQuery): void {
  if (page_from === undefined) return;
  throw invalidRequest([{ path: "page_from", message: "goes back in time; a live stream goes on: use page_after" }]);
}

function parsed<Schema extends z.ZodType>(path: string, schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalidRequest(result.error.issues.map(({ message }) => ({ path, message })));
  return result.data;
}
