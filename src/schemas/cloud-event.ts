import * as z from "zod";
import { Event, EventType } from "./event.ts";

/** CloudEvents 1.0.2, "JSON Event Format": an event in structured form. */
export const CloudEvent = z
  .object({
    specversion: z.literal("1.0").describe("The version of CloudEvents."),
    id: z.string().describe("The event's ID. `source`, a slash and `id` form the event's URL."),
    source: z.string().describe("The URL of the service's events; only a path if the service does not know its URL."),
    type: EventType,
    time: z.string().describe("The event's timestamp in RFC 3339, exact to the nanosecond."),
    subject: z
      .string()
      .optional()
      .describe("The most specific place that the event names, as a path. Absent if the event names none."),
    datacontenttype: z.literal("application/json").describe("The media type of `data`."),
    data: Event.describe("The event, as the API returns it."),
  })
  .describe("An event as a CloudEvent 1.0 in structured mode.");
export type CloudEvent = z.infer<typeof CloudEvent>;
