import * as z from "zod";
import { EVENT_TYPES, EventTypes } from "./event.ts";
import type { LevelName } from "./scope.ts";
import { Decimal } from "./text.ts";
import { parseRfc3339 } from "../lib/time.ts";

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 500;

/** The most events in one stream, and so the largest `limit`. */
export const MAX_LIMIT = 450_000;

export const onlyOnce = (message: string) => ({
  error: ({ input }: { input?: unknown }) => (Array.isArray(input) ? "must be given only once" : message),
});

export const PageSize = z
  .string(onlyOnce(`must be from 1 to ${MAX_PAGE_SIZE}`))
  .regex(/^[1-9][0-9]{0,2}$/, `must be from 1 to ${MAX_PAGE_SIZE}`)
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_PAGE_SIZE, `must be from 1 to ${MAX_PAGE_SIZE}`))
  .meta({
    description: "The largest number of entries on a page. A stream reads pages of this size, by default 500.",
    example: 100,
  });

export const Limit = z
  .string(onlyOnce(`must be from 1 to ${MAX_LIMIT}`))
  .regex(/^[1-9][0-9]{0,5}$/, `must be from 1 to ${MAX_LIMIT}`)
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_LIMIT, `must be from 1 to ${MAX_LIMIT}`))
  .meta({ description: "The largest number of events in a stream. Ignored for pages.", example: 1000 });

export const Cursor = z.string(onlyOnce("must be a decimal ID")).pipe(Decimal);

export const LastEventId = Cursor.meta({
  description:
    "For a live stream: the same as `Last-Event-ID`, for clients that cannot send that header. The header takes " +
    "precedence. Ignored for pages.",
  example: "1042",
});

/** Filters of every listing. An empty filter is ignored. Only `type` may be given several times. */
export const narrowing = {
  type: z
    .union([z.string(), z.array(z.string())])
    .transform((types) => [types].flat().filter((type) => type !== ""))
    .pipe(EventTypes)
    .transform((types) => (types.length === 0 ? undefined : types))
    .optional()
    .meta({
      type: "array",
      items: { type: "string", enum: [...EVENT_TYPES] },
      description: "Only events of this type. Repeat the parameter for events of any of several types.",
      example: ["ADD_BUILD"],
    }),
  username: filter("Only events of this user.", "ann"),
  since: time(
    "Only events with this timestamp or a later one: RFC 3339, or nanoseconds since 1970.",
    "2026-01-31T09:30:00Z",
  ),
  until: time("Only events with an earlier timestamp: RFC 3339, or nanoseconds since 1970.", "2026-02-01T00:00:00Z"),
};

const cursors = {
  /** The default depends on the format. */
  page_size: PageSize.optional(),
  page_from: Cursor.optional().meta({
    description: "Only events with lower IDs, newest first. Not together with `page_after`.",
    example: "1042",
  }),
  page_after: Cursor.optional().meta({
    description: "Only events with higher IDs, oldest first: to follow the feed. Not together with `page_from`.",
    example: "1042",
  }),
  /**
   * Not validated here, because pages ignore `limit` and `lastEventId`. Streams parse them with `Limit` and
   * `LastEventId`.
   */
  limit: z.union([z.string(), z.array(z.string())]).optional(),
  lastEventId: z.union([z.string(), z.array(z.string())]).optional(),
  ...narrowing,
};

export const filters = {
  inventory_project: filter("Only events of this Inventory project.", "webshop"),
  inventory_application: filter(
    "Only events of this Inventory application. Ignored without `inventory_project`.",
    "checkout",
  ),
  inventory_version: filter(
    "Only events of this release version. Ignored without `inventory_project` and `inventory_application`.",
    "2.4.0",
  ),
  state_project: filter("Only events of this State project. Ignored with `inventory_project`.", "webshop"),
  state_environment: filter(
    "Only events of this State environment. Ignored without `state_project`, and with `inventory_project`.",
    "production",
  ),
  state_deployment: filter(
    "Only events of this State deployment. Ignored without `state_project` and `state_environment`, and with " +
      "`inventory_project`.",
    "checkout-eu",
  ),
} satisfies Record<LevelName, z.ZodType>;

export const PageQuery = z.object(cursors).superRefine(checkTogether);
export type PageQuery = z.output<typeof PageQuery>;
/** A query with a page size. Without a size in the request, the format's default is used. */
export type SizedPageQuery = PageQuery & { page_size: number };

export const FilteredPageQuery = z.object({ ...cursors, ...filters }).superRefine(checkTogether);
export type FilteredPageQuery = z.output<typeof FilteredPageQuery>;

export const DeploymentPageQuery = z
  .object({
    ...cursors,
    deployment: z
      .string(onlyOnce("must name the deployment"))
      .min(1, "must name the deployment")
      .meta({ description: "The deployment's name.", example: "checkout-eu" }),
  })
  .superRefine(checkTogether);

type Together = Record<"page_from" | "page_after" | "since" | "until", string | undefined>;

export function checkTogether({ page_from, page_after, since, until }: Partial<Together>, ctx: z.RefinementCtx): void {
  if (page_from !== undefined && page_after !== undefined) {
    const message = "cannot be combined with page_from: one lists older events, the other newer ones";
    ctx.addIssue({ code: "custom", path: ["page_after"], message });
  }
  if (since !== undefined && until !== undefined && BigInt(until) < BigInt(since)) {
    ctx.addIssue({ code: "custom", path: ["until"], message: "must not be before since" });
  }
}

/** A filter. If it is empty, the parsed value is undefined. */
function filter(description: string, example: string) {
  return z
    .string(onlyOnce("must be a string"))
    .transform((text) => text || undefined)
    .optional()
    .meta({ type: "string", description, example });
}

/** A time. The parsed value is a decimal in nanoseconds since 1970, or undefined if the text is empty. */
function time(description: string, example: string) {
  const message = "must be a time, as in 2026-01-31T09:30:00Z, or a number of nanoseconds since 1970";
  return z
    .string(onlyOnce(message))
    .transform((text, ctx) => {
      if (text === "") return undefined;
      const nanoseconds = Decimal.safeParse(text).data ?? parseRfc3339(text);
      if (nanoseconds === undefined) ctx.addIssue({ code: "custom", message });
      return nanoseconds;
    })
    .optional()
    .meta({ type: "string", description, example });
}
