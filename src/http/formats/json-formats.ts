import type { PageFormat } from "../../domain/events/list-events.ts";
import { writeJson } from "../../lib/json-writer.ts";
import { cloudEventAttributes } from "../../schemas/cloud-event.ts";
import { eventJson } from "../../schemas/event-json.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import type { DownloadFormat } from "../download.ts";

/** An array of events. */
export const JSON_PAGE: PageFormat = { name: "json 2", write: eventJson };

/** One event a line: `eventJson` writes no line breaks. */
export const NDJSON: DownloadFormat = {
  contentType: "application/x-ndjson",
  extension: "ndjson",
  head: "",
  write: (rows) => rows.map((row) => `${eventJson(row)}\n`).join(""),
};

/** CloudEvents 1.0.2, "JSON Batch Format": an array of CloudEvents in structured mode; `data` is the event. */
export function cloudEventsPage(publicUrl: string | undefined): PageFormat {
  const write = (row: EventRow) => {
    const attributes = {
      ...cloudEventAttributes({ ...row, id: `${row.id}` }, publicUrl),
      datacontenttype: "application/json",
    };
    return `${writeJson(attributes).slice(0, -1)},"data":${eventJson(row)}}`; // eventJson keeps all digits of numbers
  };
  return { name: `cloudevents 2 ${publicUrl ?? ""}`, write };
}
