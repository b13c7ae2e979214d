import * as z from "zod";
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

type SplunkDestination = DestinationOf<"splunk_hec">;

/** help.splunk.com, "Format events for HTTP Event Collector": `formatted` is the event, the rest is metadata. */
export function splunkEntry({ index, source, sourcetype }: SplunkDestination, json: string, formatted: string): string {
  const metadata = writeJson({ source, sourcetype, index });
  const time = splunkTime(parseEventFacts(json).timestamp);
  return `{"time":${time},${metadata === "{}" ? "" : `${metadata.slice(1, -1)},`}"event":${formatted}}`;
}

/** Seconds since 1970 as the text of a JSON number. The digits are cut, not calculated, so none is lost. */
export function splunkTime(timestampNs: string): string {
  const digits = timestampNs.padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

export function splunkRequest({ url, token }: SplunkDestination, body: Uint8Array): StreamRequest {
  const headers = { "content-type": "application/json", "user-agent": USER_AGENT, authorization: `Splunk ${token}` };
  return { url, method: "POST", headers, body };
}

/** help.splunk.com, "Troubleshoot HTTP Event Collector", "Possible error codes", in our words. */
const WORDS: Record<number, string> = {
  1: "the token is disabled",
  2: "no token arrived",
  3: "the Authorization header was not accepted",
  4: "the token is not valid",
  5: "no data arrived",
  6: "the data was not accepted",
  7: "the token does not allow this index",
  8: "an internal error",
  9: "the server is busy",
  10: "the token asks for indexer acknowledgment, which streams do not use: switch it off",
  11: "the token asks for indexer acknowledgment, which streams do not use: switch it off",
  12: "an event was missing",
  13: "an event was empty",
  14: "indexer acknowledgment is off",
  15: "an indexed field was not accepted",
};

const Reply = z.object({
  code: z.number().optional(),
  "invalid-event-number": z.number().optional(),
});

/**
 * A 2xx counts only if the body does not contradict it. So a proxy's page, or a response that broke off, is no success,
 * and the batch is sent again.
 */
export function classifySplunk(response: StreamResponse, batch: StreamBatch, nowMs: number): StreamOutcome {
  const reply = parseReply(response.body);
  const { code } = reply ?? {};
  const words =
    code === undefined || code === 0 ? undefined : `Splunk's code ${code}${WORDS[code] ? `, ${WORDS[code]}` : ""}`;
  const outcome = outcomeByStatus(response, nowMs, words);
  if (outcome.kind === "refused") return { ...outcome, ...namedEvent(reply?.["invalid-event-number"], batch) };
  if (outcome.kind !== "arrived" || code === 0) return outcome;
  const reason = `responded with ${response.status}`;
  if (words !== undefined) return { kind: "retry", reason: `${reason} and ${words}` };
  if (!response.isWhole) return { kind: "retry", reason: `${reason}, but the response broke off` };
  if (reply !== undefined || response.body.trim() === "") return outcome;
  return { kind: "retry", reason: `${reason}, but not as an HTTP Event Collector does` };
}

function parseReply(body: string): z.output<typeof Reply> | undefined {
  try {
    return Reply.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** Splunk counts the events of a request from 0. */
function namedEvent(index: number | undefined, { events }: StreamBatch): { eventId?: number } {
  const event = index === undefined ? undefined : events[index];
  return event === undefined ? {} : { eventId: event.id };
}
