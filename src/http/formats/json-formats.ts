import type { PageFormat } from "../../domain/events/list-events.ts";
import { writeJson } from "../../lib/json-writer.ts";
import { cloudEventAttributes } from "../../schemas/cloud-event.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import type { DownloadFormat } from "../download.ts";

/** An array of events. */
export const JSON_PAGE: PageFormat = { name: "json 3", write: ({ json }) => json };

/** One event a line: the stored JSON has no line breaks. */
export const NDJSON: DownloadFormat = {
  contentType: "application/x-ndjson",
  extension: "ndjson",
  head: "",
  write: (rows) => rows.map(({ json }) => `${json}\n`).join(""),
};

/** CloudEvents 1.0.2, "JSON Batch Format": an array of CloudEvents in structured mode; `data` is the event. */
export function cloudEventsPage(publicUrl: string | undefined): PageFormat {
  const write = ({ json }: EventRow) => {
    const attributes = {
      ...cloudEventAttributes(parseEventFacts(json), publicUrl),
      datacontenttype: "application/json",
    };
    return `${writeJson(attributes).slice(0, -1)},"data":${json}}`;
  };
  return { name: `cloudevents 3 ${publicUrl ?? ""}`, write };
}
