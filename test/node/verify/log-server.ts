import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { NoteKey } from "./note-key.ts";
import { checkpointOf, inventEvents, type LoggedEvent, tilesOf } from "./reference-log.ts";

/** May respond in place of the log. Returns true if it has responded. */
export type Interceptor = (path: string, response: ServerResponse, attempt: number) => boolean;

/** A log on loopback that a test may change file by file before it is verified. */
export class LogServer implements AsyncDisposable {
  readonly key = new NoteKey("localhost/log");
  readonly events: LoggedEvent[];
  /** The files that the server serves, by their paths below `/log/`. */
  readonly files = new Map<string, Buffer | string>();
  readonly requests: IncomingMessage[] = [];
  /** The token that each request must have. */
  token: string | undefined;
  intercept: Interceptor = () => false;
  readonly #server = createServer((request, response) => this.#respond(request, response));

  private constructor(events: LoggedEvent[]) {
    this.events = events;
    this.publish(this.entries);
  }

  static async start(size: number): Promise<LogServer> {
    const log = new LogServer(inventEvents(size));
    await new Promise<void>((resolve) => log.#server.listen(0, "127.0.0.1", resolve));
    return log;
  }

  get entries(): Buffer[] {
    return this.events.map(({ entry }) => entry);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // of a TCP server
  }

  /** Serves these entries, with their tiles and checkpoint, in place of all files that were served before. */
  publish(entries: Buffer[]): void {
    this.files.clear();
    for (const [path, bytes] of tilesOf(entries)) this.files.set(path, bytes);
    this.files.set("key", `${this.key.vkey}\n`);
    this.files.set("checkpoint", checkpointOf(entries, this.key));
  }

  /** The paths below `/log/` that were requested, each once. */
  get requestedPaths(): string[] {
    return [...new Set(this.requests.map(({ url = "" }) => pathOf(url)))].toSorted();
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request);
    const path = pathOf(request.url ?? "");
    const attempt = this.requests.filter(({ url = "" }) => pathOf(url) === path).length;
    const file = this.files.get(path);
    if (this.intercept(path, response, attempt)) return;
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      response.writeHead(401).end();
    } else if (file === undefined) {
      response.writeHead(404, { "content-type": "application/problem+json" }).end("{}");
    } else {
      response.writeHead(200).end(file);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function pathOf(url: string): string {
  const { pathname } = new URL(url, "http://localhost");
  return pathname.slice(pathname.indexOf("/log/") + "/log/".length);
}
