import * as z from "zod";
import { onlyOnce } from "./page.ts";

const MESSAGE = "must be 1, or be left out";

/** The query of a request for a checkpoint, or for what is proved against one. */
export const LogQuery = z.object({
  /** True: the newest checkpoint that a witness has cosigned. */
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
