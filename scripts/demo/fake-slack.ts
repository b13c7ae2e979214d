import { listen, type Listener } from "../../test/kit/listener.ts";
import { isPayload, type Payload } from "./payloads.ts";

/** Responds as Slack's incoming webhooks do, and keeps the messages. */
export interface FakeSlack extends Listener {
  messages: Payload[];
  faults: string[];
}

export async function startFakeSlack(): Promise<FakeSlack> {
  const messages: Payload[] = [];
  const faults: string[] = [];
  const listener = await listen((_name, _headers, body) => {
    const message = parsed(body);
    if (isPayload(message) && typeof message["text"] === "string" && message["text"] !== "") {
      messages.push(message);
      return { status: 200, text: "ok" };
    }
    faults.push("Slack received a body that is not a message with a text.");
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
