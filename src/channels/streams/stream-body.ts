import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { cloudEventJson } from "../../schemas/cloud-event.ts";
import type { StreamFormat } from "../../schemas/stream.ts";
import { datadogEntry } from "./datadog.ts";
import { ocsfJson } from "./ocsf-event.ts";
import { splunkEntry } from "./splunk-hec.ts";
import type { StreamedEvent, StreamTarget } from "./stream-batch.ts";

interface WriteOptions {
  publicUrl?: string | undefined;
  nowMs: number;
}

/** The body of a batch, not compressed. */
export function writeBody(target: StreamTarget, events: readonly StreamedEvent[], options: WriteOptions): string {
  const entries = events.map(({ json }) => writeEntry(target, json, options));
  return target.kind === "datadog" ? `[${entries.join(",")}]` : entries.map((entry) => `${entry}\n`).join("");
}

/**
 * How many events, from the first on, a body of at most `maxBytes` can hold, and the size of that body. At least one,
 * because a larger event goes alone.
 */
export function countFitting(
  target: StreamTarget,
  events: readonly StreamedEvent[],
  { maxBytes, ...options }: WriteOptions & { maxBytes: number },
): { count: number; bytes: number } {
  let bytes = 2; // the brackets of an array
  for (const [count, { json }] of events.entries()) {
    const withThis = bytes + Buffer.byteLength(writeEntry(target, json, options)) + 1;
    if (withThis > maxBytes && count > 0) return { count, bytes };
    bytes = withThis;
  }
  return { count: events.length, bytes };
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
