import * as z from "zod";
import { TestAttempt } from "./delivery.ts";
import { checkTogether, Cursor, DEFAULT_PAGE_SIZE, PageSize } from "./page.ts";
import { Decimal } from "./text.ts";

export const StreamAction = z
  .enum(["create", "change", "delete", "pause", "resume", "rewind", "skip"])
  .describe("What an operator did.");
export type StreamAction = z.infer<typeof StreamAction>;

export const StreamChangeDetails = z
  .object({
    name: z.string().optional().describe("With `create` and `delete`: the name of the stream."),
    kind: z.string().optional().describe("With `create` and `delete`: the kind of the stream."),
    fields: z
      .array(z.string())
      .optional()
      .describe("With `change`: the fields that have another value now. A secret is named, but never shown."),
    after: Decimal.optional().describe("With `create` and `rewind`: the ID after which the stream goes on."),
    before: Decimal.optional().describe("With `rewind`: the ID up to which every event had arrived before."),
    event: Decimal.optional().describe("With `skip`: the event that the stream stepped over."),
    reason: z.string().optional().describe("With `skip`: why the last attempt to send the event had failed."),
  })
  .describe("What changed. It never holds a secret.");
export type StreamChangeDetails = z.infer<typeof StreamChangeDetails>;

export const StreamChange = z
  .object({
    id: Decimal.describe("Decimal, assigned by the service. Later changes have higher IDs."),
    at: z.iso.datetime().describe("When it happened."),
    by: z.string().optional().describe("The name of the operator. Absent if the operator's token has no `sub`."),
    action: StreamAction.describe("What the operator did."),
    stream_id: Decimal.describe("The stream, which may have been deleted since."),
    details: StreamChangeDetails.describe("What changed."),
  })
  .describe("What an operator did to a stream.");
export type StreamChange = z.infer<typeof StreamChange>;

export const StreamChangesQuery = z
  .object({
    page_size: PageSize.default(DEFAULT_PAGE_SIZE),
    page_from: Cursor.optional().meta({
      description: "Only changes with lower IDs, newest first. Not together with `page_after`.",
      example: "318",
    }),
    page_after: Cursor.optional().meta({
      description: "Only changes with higher IDs, oldest first: to follow the changes. Not together with `page_from`.",
      example: "318",
    }),
  })
  .superRefine(checkTogether);
export type StreamChangesQuery = z.output<typeof StreamChangesQuery>;

export const StreamCheck = TestAttempt.extend({
  response: z.string().optional().describe("The first KiB of the response's body, without the stream's secret."),
  sent: z.string().describe("The body that was sent, before compression."),
}).describe("The result of a sample that was sent at once. `outcome` is also `refused` if the sample was too large.");
export type StreamCheck = z.infer<typeof StreamCheck>;
