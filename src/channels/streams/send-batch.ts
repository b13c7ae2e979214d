import type { StreamDestination } from "../../schemas/stream-destinations.ts";
import type { Deadline } from "../deadline.ts";
import { fetchReport, MAX_READ_BYTES, responseText } from "../fetch-report.ts";
import { readBody } from "../response-body.ts";
import { classifyDatadog, datadogRequest } from "./datadog.ts";
import { httpStreamRequest } from "./http-stream.ts";
import { classifyS3, objectKey, s3Request } from "./s3.ts";
import { classifySplunk, splunkRequest } from "./splunk-hec.ts";
import {
  outcomeByStatus,
  type StreamBatch,
  type StreamOutcome,
  type StreamReport,
  type StreamRequest,
  type StreamResponse,
  type StreamTarget,
  type StreamTransport,
} from "./stream-batch.ts";
import { bodyOf, gzip } from "./stream-body.ts";
import { streamDestinationFault } from "./stream-destination-fault.ts";
import { withoutSecret } from "./without-secret.ts";

/**
 * Makes one attempt to send a batch. Never throws, because each failure becomes an outcome. The report contains no URL
 * of the destination and no secret.
 */
export async function sendBatch(
  target: StreamTarget,
  batch: StreamBatch,
  transport: StreamTransport,
): Promise<StreamReport> {
  const fault = streamDestinationFault(target, transport.allowLocalDestinations);
  if (fault !== undefined) return unsent(`the destination's ${fault.field} ${fault.message}`);
  let request: StreamRequest;
  try {
    request = await buildRequest(target, batch, transport);
  } catch {
    return unsent("the request could not be made or signed");
  }
  const { url, notice, ...init } = request;
  const report = await fetchReport(url, init, transport, (response, deadline) =>
    toReport(target, batch, response, { deadline, now: transport.now }),
  );
  return notice !== undefined && report.outcome.kind === "arrived"
    ? { ...report, outcome: { kind: "arrived", notice } }
    : report;
}

async function buildRequest(
  target: StreamTarget,
  batch: StreamBatch,
  { now }: StreamTransport,
): Promise<StreamRequest> {
  const nowMs = now();
  const body = bodyOf(target, batch);
  switch (target.kind) {
    case "http":
      return httpStreamRequest(target.destination, batch, new TextEncoder().encode(body), nowMs);
    case "splunk_hec":
      return splunkRequest(target.destination, new TextEncoder().encode(body));
    case "datadog":
      return datadogRequest(target.destination, batch, gzip(body));
    case "s3":
      return s3Request(target.destination, objectKey(target.id, batch, target.destination.prefix), gzip(body), nowMs);
  }
}

async function toReport(
  target: StreamTarget,
  batch: StreamBatch,
  response: Response,
  { deadline, now }: { deadline: Deadline; now: () => number },
): Promise<StreamReport> {
  const { status, headers } = response;
  const receivedAt = now();
  const { start, isWhole } = await readBody(response, MAX_READ_BYTES, deadline);
  const body = new TextDecoder().decode(start);
  const outcome = classify(target, batch, { status, headers, body, isWhole }, receivedAt);
  const shown = new TextEncoder().encode(withoutSecret(body, secretOf(target)));
  return { outcome, status, ...responseText(shown), timedOut: false };
}

function classify(target: StreamTarget, batch: StreamBatch, response: StreamResponse, nowMs: number): StreamOutcome {
  switch (target.kind) {
    case "http":
      return outcomeByStatus(response, nowMs);
    case "splunk_hec":
      return classifySplunk(response, batch, nowMs);
    case "datadog":
      return classifyDatadog(response, nowMs);
    case "s3":
      return classifyS3(response, nowMs);
  }
}

/** A receiver may repeat the secret in its response. */
function secretOf(target: StreamDestination): string {
  switch (target.kind) {
    case "http":
      return target.destination.signing_secret;
    case "splunk_hec":
      return target.destination.token;
    case "datadog":
      return target.destination.api_key;
    case "s3":
      return target.destination.secret_access_key;
  }
}

/** The fault is in the settings and not in an event, so the outcome is `retry`. */
function unsent(reason: string): StreamReport {
  return { outcome: { kind: "retry", reason }, timedOut: false };
}
