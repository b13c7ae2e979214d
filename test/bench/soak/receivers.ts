import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { responderFor, type Responder } from "./responders.ts";
import type { Subscriber, Behaviour } from "./plan.ts";

/** The requests that a subscriber's receiver got, with the numbers of their events. */
export interface Inbox {
  posts: number;
  /** The events that the receiver accepted (with a 2xx). */
  accepted: Set<number>;
  /** When the first complete request for each event arrived, accepted or not. */
  arrivedAt: Map<number, number>;
}

export interface Receivers extends Disposable {
  /** Opens a receiver and returns its URL. */
  add(subscriber: Subscriber, number: number): string;
  inboxOf(subscriber: Subscriber): Inbox;
  /** From now on, every receiver accepts everything at once. */
  cure(): Promise<void>;
}

/**
 * HTTP servers on a loopback address, outside the runtime. The server of the dead receivers starts only with the cure.
 */
export async function startReceivers(secondMs: number): Promise<Receivers> {
  const inboxes = new Map<string, Inbox & { respond: Responder }>();
  const healthy = responderFor("healthy", 0, secondMs);
  let areCured = false;
  const listener: RequestListener = (request, response) => {
    const inbox = inboxes.get((request.url ?? "/").slice(1));
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      if (inbox === undefined) return response.writeHead(404).end();
      const event = numberOf(body);
      inbox.posts += 1;
      if (!inbox.arrivedAt.has(event)) inbox.arrivedAt.set(event, performance.now());
      const respond = areCured ? healthy : inbox.respond;
      void respond(response).then((isAccepted) => isAccepted && inbox.accepted.add(event));
    });
  };
  const [living, dead] = [createServer(listener), createServer(listener)];
  const [livingPort, deadPort] = [await listen(living, 0), await listenWhereNobodyConnectsFrom(dead)];
  dead.close();
  const portOf = (behaviour: Behaviour) => (behaviour === "dead" ? deadPort : livingPort);
  return {
    add({ behaviour, name }, number) {
      const respond = responderFor(behaviour, number, secondMs);
      inboxes.set(name, { posts: 0, accepted: new Set(), arrivedAt: new Map(), respond });
      return `http://127.0.0.1:${portOf(behaviour)}/${name}`;
    },
    inboxOf({ name }) {
      const inbox = inboxes.get(name);
      if (inbox === undefined) throw new Error(`${name} has no receiver`);
      return inbox;
    },
    async cure() {
      areCured = true;
      await listen(dead, deadPort);
    },
    [Symbol.dispose]() {
      for (const server of [living, dead]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.keepAliveTimeout = 0; // never
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port; // the server listens on a port, so this is not a string
}

/** Uses a port below those of outgoing connections, so that no connection takes it while the server is stopped. */
async function listenWhereNobodyConnectsFrom(server: Server): Promise<number> {
  for (let port = 20_000 + Math.floor(1000 * Math.random()); ; port++) {
    try {
      return await listen(server, port);
    } catch (error) {
      if (port > 25_000) throw error;
    }
  }
}

/** The number of the event. `sampleEvents` stores it in the data. */
function numberOf(body: string): number {
  return (JSON.parse(body) as { data: { build: number } }).data.build;
}
