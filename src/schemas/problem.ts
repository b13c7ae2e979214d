import * as z from "zod";

export const Fault = z
  .object({
    path: z
      .string()
      .describe("The field or parameter, as in `0.type` or `page_size`. Empty if it is the body as a whole."),
    message: z.string().describe("What would be right."),
  })
  .describe("One error in a request.");

/** RFC 9457. */
export const Problem = z
  .object({
    type: z.string().describe("A URN that identifies the kind of problem. It never changes."),
    title: z.string().describe("The kind of problem in words."),
    status: z.number().int().describe("The HTTP status."),
    detail: z.string().describe("What was wrong with this request."),
    instance: z.string().describe("The request's ID, as in `X-Request-Id`."),
    errors: z.array(Fault).optional().describe("With a 400: the errors in the request, at most 100 of them."),
  })
  .describe("An error response, by RFC 9457.");
export type Problem = z.infer<typeof Problem>;
