import { listen, type Listener } from "../../test/kit/listener.ts";
import { isPayload, type Payload } from "./payloads.ts";

/** Answers as Slack's incoming webhooks do, and keeps what it was sent. */
export interface SlackStandIn extends Listener {
  messages: Payload[];
  faults: string[];
}

export async function startSlackStandIn(): Promise<SlackStandIn> {
  const messages: Payload[] = [];
  const faults: string[] = [];
  const listener = await listen((_name, _headers, body) => {
    const message = parsed(body);
    if (isPayload(message) && typeof message["text"] === "string" && message["text"] !== "") {
      messages.push(message);
      return { status: 200, text: "ok" };
    }
    faults.push("Slack was sent something other than a message with a text.");
    return { status: 400, text: "no_text" };
  });
  return { ...listener, messages, faults };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
