import { cloudEventAttributes } from "../../schemas/cloud-event.ts";
import { writeJson } from "../../lib/json-writer.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { eventJson } from "../../schemas/event-json.ts";
import type { PageFormat } from "../../domain/events/list-events.ts";

/** An array of events. */
export const JSON_PAGE: PageFormat = { name: "json 2", write: eventJson };

/** CloudEvents 1.0.2, "JSON Batch Format": an array of events in structured form, each with the event as its data. */
export function cloudEventsPage(publicUrl: string | undefined): PageFormat {
  const write = (row: EventRow) => {
    const attributes = {
      ...cloudEventAttributes({ ...row, id: `${row.id}` }, publicUrl),
      datacontenttype: "application/json",
    };
    return `${writeJson(attributes).slice(0, -1)},"data":${eventJson(row)}}`; // eventJson keeps every digit
  };
  return { name: `cloudevents 2 ${publicUrl ?? ""}`, write };
}
