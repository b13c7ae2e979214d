import * as z from "zod";
import { Event, EventType } from "./event.ts";

/** CloudEvents 1.0.2, "JSON Event Format": an event in structured form. */
export const CloudEvent = z.object({
  specversion: z.literal("1.0"),
  id: z.string(),
  source: z.string(),
  type: EventType,
  time: z.string(),
  subject: z.string().optional(),
  datacontenttype: z.literal("application/json"),
  data: Event,
});
export type CloudEvent = z.infer<typeof CloudEvent>;
