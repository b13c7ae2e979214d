import { describe, expect, inject, it } from "vitest";
import { sendMessage } from "../../src/channels/send.ts";
import type { RequestedResponse } from "../support/loopback-receiver.ts";
import { aSlackMessage, aTransport, aWebhookMessage } from "./messages.ts";

/** Bodies that cannot be read, as a real server sends them. */
const UNREADABLE: Record<string, RequestedResponse> = {
  "that says gzip and is empty": { headers: { "Content-Encoding": "gzip", "Content-Length": "0" }, body: "" },
  "that says br and is empty": { headers: { "Content-Encoding": "br", "Content-Length": "0" }, body: "" },
  "that says gzip and is none": { headers: { "Content-Encoding": "gzip" }, body: btoa("certainly not gzip") },
  "that says br and is none": { headers: { "Content-Encoding": "br" }, body: btoa("certainly not br") },
  "in an encoding that nobody knows": { headers: { "Content-Encoding": "rot13" } },
  "that is cut short": { headers: { "Content-Length": "1000" }, ending: "cut" },
  "that is cut short in chunks": { ending: "cut" },
  "that never ends": { ending: "hang" },
  "that never comes": { headers: { "Content-Length": "1000" }, body: "", ending: "hang" },
};
const bodies = Object.keys(UNREADABLE);

function urlAnswering(name: string, answer: RequestedResponse): string {
  const { headers, ...unreadable } = UNREADABLE[name] ?? {};
  const wanted: RequestedResponse = { ...unreadable, ...answer, headers: { ...headers, ...answer.headers } };
  return `${inject("receiverUrl")}/unreadable?response=${encodeURIComponent(JSON.stringify(wanted))}`;
}

const transport = aTransport(fetch, { allowLocalDestinations: true });

async function webhookAnswered(name: string, answer: RequestedResponse) {
  return sendMessage(aWebhookMessage({ url: urlAnswering(name, answer) }), transport);
}

async function slackAnswered(name: string, answer: RequestedResponse) {
  return sendMessage(aSlackMessage({ url: urlAnswering(name, answer) }), transport);
}

describe.concurrent.each(bodies)("an answer with a body %s", (name) => {
  it("and status 200 is delivered, by a webhook and by Slack", async () => {
    const delivered = { outcome: { kind: "delivered" }, status: 200, timedOut: false };
    expect(await webhookAnswered(name, { status: 200 })).toMatchObject(delivered);
    expect(await slackAnswered(name, { status: 200 })).toMatchObject(delivered);
  });

  it("and status 410 says that the destination is gone", async () => {
    expect(await webhookAnswered(name, { status: 410 })).toMatchObject({ outcome: { kind: "gone" }, status: 410 });
  });

  it.each([429, 503])("and status %i keeps its Retry-After", async (status) => {
    const wanted = { status, headers: { "Retry-After": "77" } };
    const retry = { outcome: { kind: "retry", afterSeconds: 77 }, status };
    expect(await webhookAnswered(name, wanted)).toMatchObject(retry);
    expect(await slackAnswered(name, wanted)).toMatchObject(retry);
  });
});

it("Slack's error codes count if they can be read, also if the body does not end after them", async () => {
  const report = await slackAnswered("that never ends", { status: 404, body: btoa("no_service") });
  expect(report).toMatchObject({ outcome: { kind: "gone", reason: "Slack responded with no_service" }, status: 404 });
});
