import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { behaviourOf, type Behaviour } from "./behaviour.ts";
import type { Subscriber, Temper } from "./plan.ts";

/** What reached one subscriber's receiver. Events by their numbers. */
export interface Inbox {
  posts: number;
  /** Answered with a 2xx. */
  taken: Set<number>;
  /** When the first post of each event had arrived whole, taken or not. */
  arrivedAt: Map<number, number>;
}

export interface Receivers extends Disposable {
  /** Opens a receiver and returns its URL. */
  add(subscriber: Subscriber, number: number): string;
  inboxOf(subscriber: Subscriber): Inbox;
  /** From now on every receiver takes everything at once. */
  cure(): Promise<void>;
}

/** HTTP servers on loopback, outside the runtime: one for the living, and a port where nothing listens before the cure. */
export async function startReceivers(secondMs: number): Promise<Receivers> {
  const inboxes = new Map<string, Inbox & { behaviour: Behaviour }>();
  const well = behaviourOf("healthy", 0, secondMs);
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
      const answer = areCured ? well : inbox.behaviour;
      void answer(response).then((isTaken) => isTaken && inbox.taken.add(event));
    });
  };
  const [living, dead] = [createServer(listener), createServer(listener)];
  const [livingPort, deadPort] = [await listen(living, 0), await listenWhereNobodyConnectsFrom(dead)];
  dead.close();
  const portOf = (temper: Temper) => (temper === "dead" ? deadPort : livingPort);
  return {
    add({ temper, name }, number) {
      const behaviour = behaviourOf(temper, number, secondMs);
      inboxes.set(name, { posts: 0, taken: new Set(), arrivedAt: new Map(), behaviour });
      return `http://127.0.0.1:${portOf(temper)}/${name}`;
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
  return (server.address() as AddressInfo).port; // it listens on a port, not a pipe
}

/** Below the ports that systems give to outgoing connections: while nothing listens there, no connection takes it. */
async function listenWhereNobodyConnectsFrom(server: Server): Promise<number> {
  for (let port = 20_000 + Math.floor(1000 * Math.random()); ; port++) {
    try {
      return await listen(server, port);
    } catch (error) {
      if (port > 25_000) throw error;
    }
  }
}

/** `sampleEvents` puts it there. */
function numberOf(body: string): number {
  return (JSON.parse(body) as { data: { build: number } }).data.build;
}
