import { HOUR_MS, MINUTE_MS, nsToMs } from "../../lib/time.ts";
import { writeJson } from "../../lib/json-writer.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import type { DestinationOf } from "../../schemas/stream-destinations.ts";
import { USER_AGENT } from "../message.ts";
import {
  outcomeByStatus,
  type StreamBatch,
  type StreamOutcome,
  type StreamRequest,
  type StreamResponse,
} from "./stream-batch.ts";

type DatadogDestination = DestinationOf<"datadog">;

/**
 * docs.datadoghq.com, "Log Date Remapper": a log may lie up to 18 hours in the past and two hours in the future. The
 * bounds here are narrower, because Datadog checks later and by another clock.
 */
const MAX_PAST_MS = 18 * HOUR_MS - 10 * MINUTE_MS;
const MAX_FUTURE_MS = 2 * HOUR_MS - 10 * MINUTE_MS;

/**
 * docs.datadoghq.com, "Send logs". Datadog drops a log whose `timestamp` is outside its bounds. Such an event gets the
 * time of sending instead, and its own time stays in the message.
 */
export function datadogEntry(
  { tags, service }: DatadogDestination,
  json: string,
  formatted: string,
  nowMs: number,
): string {
  return writeJson({
    ddsource: "tidings",
    service: service ?? "tidings",
    ddtags: Array.isArray(tags) ? tags.join(",") : tags,
    timestamp: isOutsideBounds(json, nowMs) ? nowMs : timeOf(json),
    message: formatted,
  });
}

/** `body` is compressed. */
export function datadogRequest(
  { url, api_key }: DatadogDestination,
  { events, writtenAt }: StreamBatch,
  body: Uint8Array<ArrayBuffer>,
): StreamRequest {
  const outside = events.filter(({ json }) => isOutsideBounds(json, writtenAt)).length;
  return {
    url,
    method: "POST",
    headers: {
      "content-type": "application/json",
      "content-encoding": "gzip",
      "user-agent": USER_AGENT,
      "dd-api-key": api_key,
    },
    body,
    ...(outside > 0 && { notice: noticeOf(outside, events.length) }),
  };
}

const WORDS: Record<number, string> = {
  401: "no API key arrived",
  403: "the API key was not accepted, or is of another Datadog site",
  404: "the URL is not that of the logs intake, which ends in /api/v2/logs",
};

export function classifyDatadog(response: StreamResponse, nowMs: number): StreamOutcome {
  return outcomeByStatus(response, nowMs, WORDS[response.status]);
}

function timeOf(json: string): number {
  return nsToMs(parseEventFacts(json).timestamp);
}

function isOutsideBounds(json: string, nowMs: number): boolean {
  const time = timeOf(json);
  return time < nowMs - MAX_PAST_MS || time > nowMs + MAX_FUTURE_MS;
}

function noticeOf(count: number, total: number): string {
  return (
    `Datadog accepts no log from more than 18 hours ago or more than 2 hours ahead: ${count} of the last ${total} events ` +
    "were sent with the time of sending as their date"
  );
}
