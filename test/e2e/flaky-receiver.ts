import { Webhook } from "standardwebhooks";
import { listen, type Listener } from "../kit/listener.ts";

/** Somebody's webhook endpoint, which breaks and is mended. */
export interface MoodyReceiver extends Listener {
  url: string;
  isBroken: boolean;
  /** The IDs of the events that it took, in the order of their arrival. */
  taken: string[];
  /** Throws where one of the requests was not signed with this secret. */
  verifyAll: (secret: string) => void;
}

export async function startMoodyReceiver(): Promise<MoodyReceiver> {
  const requests: { headers: Record<string, string>; body: string }[] = [];
  const taken: string[] = [];
  const listener = await listen((_name, headers, body) => {
    requests.push({ headers, body });
    if (receiver.isBroken) return { status: 500, text: "the oven is cold" };
    taken.push((JSON.parse(body) as { id: string }).id); // what the service sends is JSON
    return { status: 200, text: "thanks" };
  });
  const receiver: MoodyReceiver = {
    ...listener,
    url: listener.urlFor("orders"),
    isBroken: false,
    taken,
    verifyAll: (secret) => {
      for (const { headers, body } of requests) new Webhook(secret).verify(body, headers);
    },
  };
  return receiver;
}
