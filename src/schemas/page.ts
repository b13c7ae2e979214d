import * as z from "zod";
import { Decimal } from "./text.ts";

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 500;

export const onlyOnce = (message: string) => ({
  error: ({ input }: { input?: unknown }) => (Array.isArray(input) ? "must be given only once" : message),
});

export const PageSize = z
  .string(onlyOnce("must be a number"))
  .regex(/^[1-9][0-9]{0,2}$/, `must be from 1 to ${MAX_PAGE_SIZE}`)
  .transform(Number)
  .pipe(z.int().min(1).max(MAX_PAGE_SIZE, `must be from 1 to ${MAX_PAGE_SIZE}`))
  .default(DEFAULT_PAGE_SIZE);

const Cursor = z.string(onlyOnce("must be a decimal ID")).pipe(Decimal).optional();

const cursors = { page_size: PageSize, page_from: Cursor, page_after: Cursor };

/** An empty filter is no filter. */
const Filter = z
  .string(onlyOnce("must be text"))
  .transform((text) => text || undefined)
  .optional()
  .meta({ type: "string" });

const filters = {
  inventory_project: Filter,
  inventory_application: Filter,
  inventory_version: Filter,
  state_project: Filter,
  state_environment: Filter,
  state_deployment: Filter,
};

const oneCursor = (query: { page_from?: string | undefined; page_after?: string | undefined }) =>
  query.page_from === undefined || query.page_after === undefined;
const ONE_CURSOR = {
  path: ["page_after"],
  message: "cannot be combined with page_from: one goes back, the other forward",
};

export const PageQuery = z.object(cursors).refine(oneCursor, ONE_CURSOR);
export type PageQuery = z.output<typeof PageQuery>;

export const FilteredPageQuery = z.object({ ...cursors, ...filters }).refine(oneCursor, ONE_CURSOR);
export type FilteredPageQuery = z.output<typeof FilteredPageQuery>;

export const DeploymentPageQuery = z
  .object({ ...cursors, deployment: z.string(onlyOnce("must name the deployment")).min(1, "must name the deployment") })
  .refine(oneCursor, ONE_CURSOR);
