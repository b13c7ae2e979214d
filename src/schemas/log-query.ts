import * as z from "zod";
import { onlyOnce } from "./page.ts";

const MESSAGE = "must be 1, or be left out";

/** The query of a request for a checkpoint or a proof. */
export const LogQuery = z.object({
  /** True if the newest checkpoint with a witness's cosignature is wanted. */
  cosigned: z
    .string(onlyOnce(MESSAGE))
    .regex(/^1?$/, MESSAGE)
    .transform((text) => text === "1")
    .optional()
    .meta({
      type: "string",
      enum: ["1"],
      description:
        "`1`: use the newest checkpoint that a witness has cosigned. Without witnesses, that is the newest checkpoint.",
      example: "1",
    }),
});
