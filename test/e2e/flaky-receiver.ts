import { Webhook } from "standardwebhooks";
import { listen, type Listener } from "../kit/listener.ts";

/** A webhook endpoint that responds with 500 while it is broken. */
export interface FlakyReceiver extends Listener {
  url: string;
  isBroken: boolean;
  /** The IDs of the accepted events, in the order of arrival. */
  accepted: string[];
  /** Throws if a request was not signed with this secret. */
  verifyAll: (secret: string) => void;
}

export async function startFlakyReceiver(): Promise<FlakyReceiver> {
  const requests: { headers: Record<string, string>; body: string }[] = [];
  const accepted: string[] = [];
  const listener = await listen((_name, headers, body) => {
    requests.push({ headers, body });
    if (receiver.isBroken) return { status: 500, text: "the oven is cold" };
    accepted.push((JSON.parse(body) as { id: string }).id); // the service sends JSON
    return { status: 200, text: "thanks" };
  });
  const receiver: FlakyReceiver = {
    ...listener,
    url: listener.urlFor("orders"),
    isBroken: false,
    accepted,
    verifyAll: (secret) => {
      for (const { headers, body } of requests) new Webhook(secret).verify(body, headers);
    },
  };
  return receiver;
}
