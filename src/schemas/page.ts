import * as z from "zod";
import { EVENT_TYPES, EventTypes } from "./event.ts";
import type { LevelName } from "./scope.ts";
import { Decimal } from "./text.ts";
import { nanosecondsOf } from "./time.ts";

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 500;

/** What one stream holds at most, and so the largest `limit`: a bound that is always kept to. */
export const MAX_LIMIT = 450_000;

export const onlyOnce = (message: string) => ({
  error: ({ input }: { input?: unknown }) => (Array.isArray(input) ? "must be given only once" : message),
});

export const PageSize = z
  .string(onlyOnce("must be a number"))
  .regex(/^[1-9][0-9]{0,2}$/, `must be from 1 to ${MAX_PAGE_SIZE}`)
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_PAGE_SIZE, `must be from 1 to ${MAX_PAGE_SIZE}`));

export const Limit = z
  .string(onlyOnce("must be a number"))
  .regex(/^[1-9][0-9]{0,5}$/, `must be from 1 to ${MAX_LIMIT}`)
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_LIMIT, `must be from 1 to ${MAX_LIMIT}`));

export const LastEventId = z.string(onlyOnce("must be a decimal ID")).pipe(Decimal);
const Cursor = LastEventId.optional();

/** Limits a listing to some of its events. An empty one is none; `type` alone may be given several times. */
const narrowing = {
  type: z
    .union([z.string(), z.array(z.string())])
    .transform((types) => [types].flat().filter((type) => type !== ""))
    .pipe(EventTypes)
    .transform((types) => (types.length === 0 ? undefined : types))
    .optional()
    .meta({ type: "array", items: { type: "string", enum: [...EVENT_TYPES] } }),
  username: filter(),
  since: time(),
  until: time(),
};

const cursors = {
  /** Left out, the form that is wanted decides. */
  page_size: PageSize.optional(),
  page_from: Cursor,
  page_after: Cursor,
  /** Unjudged: to pages they are parameters like any that they do not know. Streams hold them to `Limit` and `Decimal`. */
  limit: z.union([z.string(), z.array(z.string())]).optional(),
  lastEventId: z.union([z.string(), z.array(z.string())]).optional(),
  ...narrowing,
};

const filters = {
  inventory_project: filter(),
  inventory_application: filter(),
  inventory_version: filter(),
  state_project: filter(),
  state_environment: filter(),
  state_deployment: filter(),
} satisfies Record<LevelName, z.ZodType>;

export const PageQuery = z.object(cursors).superRefine(checkTogether);
export type PageQuery = z.output<typeof PageQuery>;
/** One for which the form has decided. */
export type SizedPageQuery = PageQuery & { page_size: number };

export const FilteredPageQuery = z.object({ ...cursors, ...filters }).superRefine(checkTogether);
export type FilteredPageQuery = z.output<typeof FilteredPageQuery>;

export const DeploymentPageQuery = z
  .object({ ...cursors, deployment: z.string(onlyOnce("must name the deployment")).min(1, "must name the deployment") })
  .superRefine(checkTogether);

type Together = Record<"page_from" | "page_after" | "since" | "until", string | undefined>;

function checkTogether({ page_from, page_after, since, until }: Partial<Together>, ctx: z.RefinementCtx): void {
  if (page_from !== undefined && page_after !== undefined) {
    const message = "cannot be combined with page_from: one goes back, the other forward";
    ctx.addIssue({ code: "custom", path: ["page_after"], message });
  }
  if (since !== undefined && until !== undefined && BigInt(until) < BigInt(since)) {
    ctx.addIssue({ code: "custom", path: ["until"], message: "must not be before since" });
  }
}

/** An empty filter is no filter. */
function filter() {
  return z
    .string(onlyOnce("must be text"))
    .transform((text) => text || undefined)
    .optional()
    .meta({ type: "string" });
}

/** Parsed, a decimal in nanoseconds since 1970. */
function time() {
  const message = "must be a time, as in 2026-01-31T09:30:00Z, or nanoseconds since 1970";
  return z
    .string(onlyOnce(message))
    .transform((text, ctx) => {
      if (text === "") return undefined;
      const nanoseconds = Decimal.safeParse(text).data ?? nanosecondsOf(text);
      if (nanoseconds === undefined) ctx.addIssue({ code: "custom", message });
      return nanoseconds;
    })
    .optional()
    .meta({ type: "string" });
}
