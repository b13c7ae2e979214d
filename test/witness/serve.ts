import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { CosignerKey } from "./notes.ts";
import { Witness, type Answer } from "./witness.ts";

/**
 * A process that runs any number of witnesses, and prints its port. `/NAME` is the submission prefix and the monitoring
 * prefix of the witness NAME. The first request to a witness creates it.
 *
 *     GET  /NAME/key           its verifier key
 *     POST /NAME/logs          begins to trust the log whose verifier key is the body
 *     POST /NAME/behaviour     sets how it responds from now on, as JSON
 *     GET  /NAME/requests      the bodies of the requests that it got, as JSON
 *     POST /NAME/add-checkpoint, GET /NAME/HASH/checkpoint: C2SP tlog-witness
 */

/** How a witness behaves in place of the rules of the specification. */
export interface WitnessBehaviour {
  /**
   * `silent`: it never responds. `slow body`: the response never ends. `hangs up`: it cosigns, but the response is
   * lost. `other key`: it cosigns with a key of no witness. `bad signature`: one character of the signature is wrong.
   */
  kind?: "silent" | "slow body" | "hangs up" | "other key" | "bad signature";
  /** The response to every request for a cosignature. */
  answer?: Answer & { location?: string; repeat?: number };
}

interface State {
  witness: Witness;
  behaviour: WitnessBehaviour;
  requests: string[];
}

const states = new Map<string, State>();

function stateOf(name: string): State {
  const state = states.get(name) ?? { witness: new Witness(`witness.example/${name}`), behaviour: {}, requests: [] };
  states.set(name, state);
  return state;
}

const server = createServer((request, response) => {
  text(request)
    .then((body) => respond(request, response, body))
    .catch(() => response.destroy());
});

function respond({ url = "/", method = "GET" }: IncomingMessage, response: ServerResponse, body: string): void {
  const [name = "", ...path] = url.slice(1).split("/").map(decodeURIComponent);
  const state = stateOf(name);
  switch (`${method} ${path.join("/")}`) {
    case "GET key":
      send(response, { status: 200, body: state.witness.key.vkey });
      return;
    case "POST logs":
      state.witness.trust(body);
      send(response, { status: 200, body: "" });
      return;
    case "POST behaviour":
      state.behaviour = JSON.parse(body) as WitnessBehaviour; // written by a test
      send(response, { status: 200, body: "" });
      return;
    case "GET requests":
      send(response, { status: 200, body: JSON.stringify(state.requests) });
      return;
    case "POST add-checkpoint":
      state.requests.push(body);
      addCheckpoint(state, response, body);
      return;
    default: {
      const checkpoint = path[1] === "checkpoint" ? state.witness.checkpoint(path[0] ?? "") : undefined;
      send(response, checkpoint === undefined ? { status: 404, body: "" } : { status: 200, body: checkpoint });
    }
  }
}

function addCheckpoint({ witness, behaviour }: State, response: ServerResponse, body: string): void {
  const { kind, answer } = behaviour;
  if (kind === "silent") return;
  if (answer !== undefined) {
    const { location, repeat = 1, ...plain } = answer;
    if (location !== undefined) response.setHeader("location", location);
    send(response, { ...plain, body: plain.body.repeat(repeat) });
    return;
  }
  const own = witness.addCheckpoint(body, Math.floor(Date.now() / 1000), signerOf(witness, kind));
  switch (kind) {
    case "hangs up":
      response.destroy();
      return;
    case "slow body":
      response.writeHead(own.status);
      response.write(own.body.slice(0, 10));
      return;
    case "bad signature":
      send(response, { ...own, body: own.body.replace(/.(?=.{5}\n$)/, (digit) => (digit === "A" ? "B" : "A")) });
      return;
    default:
      send(response, own);
  }
}

function signerOf({ key }: Witness, kind: WitnessBehaviour["kind"]): CosignerKey {
  return kind === "other key" ? new CosignerKey(key.name, Buffer.alloc(32, 1)) : key;
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, contentType === undefined ? {} : { "content-type": contentType });
  response.end(body);
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  console.log(address.port);
});

// The parent process holds the other end of stdin, so this process ends with its parent.
process.stdin.on("end", () => process.exit()).resume();
