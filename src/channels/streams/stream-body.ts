import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { cloudEventJson } from "../../schemas/cloud-event.ts";
import type { StreamFormat } from "../../schemas/stream.ts";
import { datadogEntry } from "./datadog.ts";
import { ocsfJson } from "./ocsf-event.ts";
import { splunkEntry } from "./splunk-hec.ts";
import type { StreamBatch, StreamedEvent, StreamTarget, WrittenEvent } from "./stream-batch.ts";

interface WriteOptions {
  publicUrl?: string | undefined;
  nowMs: number;
}

/**
 * Writes as many of the first events as fit into a body of `maxBytes`. Returns them with the size of that body. The first
 * event always counts, because a larger event is sent alone.
 */
export function writeEvents(
  target: StreamTarget,
  events: readonly StreamedEvent[],
  { maxBytes, ...options }: WriteOptions & { maxBytes: number },
): { events: WrittenEvent[]; bytes: number } {
  const written: WrittenEvent[] = [];
  let bytes = 2; // the brackets of an array
  for (const { id, json } of events) {
    const entry = writeEntry(target, json, options);
    const withThis = bytes + Buffer.byteLength(entry) + 1;
    if (withThis > maxBytes && written.length > 0) break;
    bytes = withThis;
    written.push({ id, json, entry });
  }
  return { events: written, bytes };
}

/** The body of a batch, not compressed. */
export function bodyOf({ kind }: Pick<StreamTarget, "kind">, { events }: Pick<StreamBatch, "events">): string {
  const entries = events.map(({ entry }) => entry);
  return kind === "datadog" ? `[${entries.join(",")}]` : [...entries, ""].join("\n");
}

/** The same text has the same result. */
export function gzip(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(text));
}

function writeEntry(target: StreamTarget, json: string, { publicUrl, nowMs }: WriteOptions): string {
  const formatted = formatEvent(target.format, json, publicUrl);
  switch (target.kind) {
    case "http":
    case "s3":
      return formatted;
    case "splunk_hec":
      return splunkEntry(target.destination, json, formatted);
    case "datadog":
      return datadogEntry(target.destination, json, formatted, nowMs);
  }
}

function formatEvent(format: StreamFormat, json: string, publicUrl: string | undefined): string {
  switch (format) {
    case "tidings":
      return json;
    case "cloudevents":
      return cloudEventJson(json, publicUrl);
    case "ocsf":
      return ocsfJson(json, publicUrl);
  }
}
