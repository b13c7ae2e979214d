import type { Context as HonoContext } from "hono";
import type * as z from "zod";
import { invalidRequest } from "../errors.ts";
import { LastEventId, Limit, type PageQuery } from "../schemas/page.ts";
import { Decimal } from "../schemas/text.ts";
import type { AppEnv } from "./app-env.ts";

// Parameters that only streams have. Each function throws AppError `invalid-request`.

export function readLimit({ limit }: PageQuery): number | undefined {
  return parse("limit", Limit.optional(), limit);
}

/**
 * The header or, if it is absent or empty, the parameter. A polyfill that cannot send the header puts the ID into the
 * URL.
 */
export function readLastEventId(c: HonoContext<AppEnv>, { lastEventId }: PageQuery): string | undefined {
  return (
    parse("Last-Event-ID", Decimal.optional(), c.req.header("Last-Event-ID") || undefined) ??
    parse("lastEventId", LastEventId.optional(), lastEventId || undefined)
  );
}

export function refusePageFrom({ page_from }: PageQuery): void {
  if (page_from === undefined) return;
  throw invalidRequest([{ path: "page_from", message: "is not supported for live streams; use page_after" }]);
}

function parse<Schema extends z.ZodType>(path: string, schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalidRequest(result.error.issues.map(({ message }) => ({ path, message })));
  return result.data;
}
