import { EVENTS } from "../../domain/events/export-events.ts";
import type { PageFormat } from "../../domain/events/list-events.ts";
import { OPENED_EVENTS, type OpenedEvent } from "../../domain/log/opened-event-source.ts";
import { cloudEventJson } from "../../schemas/cloud-event.ts";
import { writeOpenedLine } from "../../segments/opened-lines.ts";
import type { DownloadFormat } from "../download.ts";

/** An array of events. */
export const JSON_PAGE: PageFormat = { name: "json 3" };

/** One event a line: the stored JSON has no line breaks. */
export const NDJSON: DownloadFormat = {
  contentType: "application/x-ndjson",
  extension: "ndjson",
  head: "",
  source: EVENTS,
  write: (rows) => rows.map(({ json }) => `${json}\n`).join(""),
};

/** One event a line, with what its entry in the log is made of. Without a log (`hasLog`), no event has an index. */
export function ndjsonWithOpenings(hasLog: boolean): DownloadFormat<OpenedEvent> {
  const write = ({ json, opening, log_index }: OpenedEvent) =>
    writeOpenedLine({ json, opening, index: hasLog ? (log_index ?? null) : null });
  return {
    contentType: "application/x-ndjson; openings=1",
    extension: "openings.ndjson",
    head: "",
    source: OPENED_EVENTS,
    write: (rows) => rows.map(write).join(""),
  };
}

/** CloudEvents 1.0.2, "JSON Batch Format": an array of CloudEvents in structured mode; `data` is the event. */
export function cloudEventsPage(publicUrl: string | undefined): PageFormat {
  return { name: `cloudevents 3 ${publicUrl ?? ""}`, write: ({ json }) => cloudEventJson(json, publicUrl) };
}
