import { z } from "zod";

/** RFC 9457. `instance` is the request's ID, as in `X-Request-Id`; `errors` comes with a 400. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
