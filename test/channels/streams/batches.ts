import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { vi } from "vitest";
import type {
  StreamBatch,
  StreamedEvent,
  StreamReport,
  StreamTarget,
  StreamTransport,
} from "../../../src/channels/streams/stream-batch.ts";
import { sendBatch } from "../../../src/channels/streams/send-batch.ts";
import { writeEvents } from "../../../src/channels/streams/stream-body.ts";
import { BEFORE_ID, eventJsonAfterId } from "../../../src/schemas/event-json.ts";
import { NewEvent } from "../../../src/schemas/event.ts";
import { parseExactJson } from "../../../src/lib/exact-json.ts";
import { aTransport, SECRET } from "../messages.ts";

type TargetOf<Kind> = Extract<StreamTarget, { kind: Kind }>;

const RECORDED_AT = "2025-11-23T01:00:00.871Z";
/** Some time after the events were recorded. */
export const NOW = Date.parse("2025-11-23T01:00:05.000Z");

/** A recorded event. The JSON is as the service stores it. */
export function aStreamedEvent(id = 7, sent: object | string = {}): StreamedEvent {
  const fields = typeof sent === "string" ? parseExactJson(sent) : sent;
  const event = NewEvent.parse({
    type: "REDEPLOY_STATE_DEPLOYMENT",
    timestamp: "1763859600123456789",
    ...Object(fields),
  });
  const timestamp = event.timestamp ?? "1763859600123456789";
  return { id, json: `${BEFORE_ID}${id}${eventJsonAfterId({ ...event, timestamp }, Date.parse(RECORDED_AT))}` };
}

/** A batch for a target with the format `tidings`, of the kind `http` or `s3`. `exchanged` writes it for its own target. */
export function aBatch(...events: StreamedEvent[]): StreamBatch {
  const some = events.length > 0 ? events : [aStreamedEvent(7), aStreamedEvent(9)];
  const ids = some.map(({ id }) => id);
  return {
    webhookId: "stream_3_7",
    firstId: Math.min(...ids),
    lastId: Math.max(...ids),
    firstRecordedAt: RECORDED_AT,
    events: some.map(({ id, json }) => ({ id, json, entry: json })),
    writtenAt: NOW,
  };
}

export function anHttpTarget(fields: Partial<TargetOf<"http">> = {}, destination = {}): TargetOf<"http"> {
  const url = "https://receiver.example.com/in?key=hidden";
  return {
    kind: "http",
    id: "3",
    format: "tidings",
    destination: { url, signing_secret: SECRET, ...destination },
    ...fields,
  };
}

export function aSplunkTarget(
  destination: Partial<TargetOf<"splunk_hec">["destination"]> = {},
): TargetOf<"splunk_hec"> {
  const url = "https://splunk.example.com:8088/services/collector/event";
  return {
    kind: "splunk_hec",
    id: "3",
    format: "tidings",
    destination: { url, token: "hidden-token", ...destination },
  };
}

export function aDatadogTarget(destination: Partial<TargetOf<"datadog">["destination"]> = {}): TargetOf<"datadog"> {
  const url = "https://http-intake.logs.datadoghq.eu/api/v2/logs";
  return { kind: "datadog", id: "3", format: "tidings", destination: { url, api_key: "hidden-key", ...destination } };
}

export function anS3Target(destination: Partial<TargetOf<"s3">["destination"]> = {}): TargetOf<"s3"> {
  return {
    kind: "s3",
    id: "3",
    format: "tidings",
    destination: {
      endpoint: "https://s3.eu-central-1.amazonaws.com",
      region: "eu-central-1",
      bucket: "audit-trail",
      access_key_id: "AKIAIOSFODNN7EXAMPLE",
      secret_access_key: "hidden/secret+key",
      ...destination,
    },
  };
}

export const ALL_TARGETS: [string, StreamTarget][] = [
  anHttpTarget(),
  aSplunkTarget(),
  aDatadogTarget(),
  anS3Target(),
].map((target) => [target.kind, target]);

interface Exchange {
  report: StreamReport;
  request: Request;
  /** The body of the request as text, decompressed. */
  body: string;
}

interface ExchangeOptions extends Partial<StreamTransport> {
  batch?: StreamBatch;
  response?: Response;
}

/** Sends a batch to a receiver that responds so. */
export async function exchanged(
  target: StreamTarget,
  { batch = aBatch(), response = new Response(), ...options }: ExchangeOptions = {},
): Promise<Exchange> {
  const network = vi.fn<typeof fetch>(async () => response);
  const transport = aTransport(network, { now: () => NOW, ...options });
  const written = writtenFor(target, batch, transport);
  const report = await sendBatch(target, written, transport);
  const [input, init] = network.mock.calls[0] ?? [];
  if (input === undefined) throw new Error(`nothing was sent: ${JSON.stringify(report.outcome)}`);
  const request = new Request(input, init);
  const sent = Buffer.from(await request.clone().arrayBuffer());
  const body = request.headers.get("content-encoding") === "gzip" ? gunzipSync(sent) : sent;
  return { report, request, body: body.toString("utf8") };
}

/** The batch as it is written for a target. */
export function writtenFor(target: StreamTarget, batch: StreamBatch, { publicUrl, now }: StreamTransport): StreamBatch {
  const writtenAt = now();
  const writing = { publicUrl, nowMs: writtenAt, maxBytes: Number.POSITIVE_INFINITY };
  return { ...batch, writtenAt, events: writeEvents(target, batch.events, writing).events };
}
