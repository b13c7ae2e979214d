import * as z from "zod";
import { Decimal, objectError } from "./text.ts";

/** Which past events a recovery takes: those whose delivery failed, or all. */
export const RECOVERABLE = ["failed", "all"] as const;
const Which = z.enum(RECOVERABLE, { error: `must be one of ${RECOVERABLE.join(", ")}` });

export const RecoveryRequest = z.strictObject(
  { from: Decimal, which: Which },
  objectError('must be a recovery, as in {"from": "1042", "which": "failed"}'),
);
export type RecoveryRequest = z.infer<typeof RecoveryRequest>;

/** A job that puts past events on their way once more, as it is served. */
export const Recovery = z.object({
  id: Decimal,
  subscription_id: Decimal,
  project: z.string(),
  which: Which,
  from: Decimal,
  state: z.enum(["running", "finished"]),
  recovered: z.int(),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().optional(),
});
export type Recovery = z.infer<typeof Recovery>;
