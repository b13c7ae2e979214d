import * as z from "zod";
import { Decimal, objectError } from "./text.ts";

/** Which past events a recovery takes: those whose delivery failed, or all. */
export const RECOVERABLE = ["failed", "all"] as const;
const Which = z
  .enum(RECOVERABLE, { error: `must be one of ${RECOVERABLE.join(", ")}` })
  .describe(
    "`failed`: the events whose delivery failed; `all`: also events that were delivered, and events that were never sent.",
  );

const From = Decimal.describe("The ID of the first event to consider. It need not exist: `0` starts at the oldest.");

export const RecoveryRequest = z
  .strictObject(
    { from: From, which: Which },
    objectError('must be a recovery, as in {"from": "1042", "which": "failed"}'),
  )
  .describe("Which past events to send again.");
export type RecoveryRequest = z.infer<typeof RecoveryRequest>;

export const Recovery = z
  .object({
    id: Decimal.describe("Decimal, assigned by the service."),
    subscription_id: Decimal.describe("The subscription that receives the events."),
    project: z.string().describe("The subscription's project."),
    which: Which,
    from: From,
    state: z.enum(["running", "finished"]).describe("`running` until all events have been considered."),
    recovered: z.int().describe("The number of deliveries that it made pending or held."),
    created_at: z.iso.datetime().describe("When it started. Events that are recorded later are not sent."),
    finished_at: z.iso.datetime().optional().describe("When all events had been considered."),
  })
  .describe("A job that sends past events to a subscription again.");
export type Recovery = z.infer<typeof Recovery>;
