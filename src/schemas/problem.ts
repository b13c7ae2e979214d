import * as z from "zod";

/** One fault of a request: where it is, and what would be right. */
export const Fault = z.object({ path: z.string(), message: z.string() });

/** RFC 9457. `instance` is the request's ID, as in `X-Request-Id`; `errors` comes with a 400. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string(),
  errors: z.array(Fault).optional(),
});
export type Problem = z.infer<typeof Problem>;
