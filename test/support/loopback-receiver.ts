import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";

/** What the receiver got, as it tells when asked by GET. */
export interface Arrival {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

declare module "vitest" {
  interface ProvidedContext {
    receiverUrl: string;
  }
}

/** What a POST's `answer` parameter asks for, as JSON; by default a 200 with "ok". */
export interface WantedAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** In base64. */
  body?: string;
  /** What becomes of the body, where it does not just end. */
  ending?: "cut" | "hang";
}

/** A real HTTP server on loopback, outside the Workers runtime: POST delivers, GET lists what was posted to the path. */
export default async function startReceiver(project: TestProject): Promise<() => void> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (request.method === "GET") {
      response.end(JSON.stringify(arrivals.filter((arrival) => arrival.path === path)));
      return;
    }
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      arrivals.push({ path, headers: request.headers, body });
      respond(response, answerWanted(path));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port, not a pipe
  project.provide("receiverUrl", `http://127.0.0.1:${port}`);
  return () => void server.close();
}

function answerWanted(path: string): WantedAnswer {
  const wanted = new URL(path, "http://localhost").searchParams.get("answer");
  return wanted === null ? {} : (JSON.parse(wanted) as WantedAnswer); // written by a test
}

function respond(response: ServerResponse, { status = 200, headers, body = btoa("ok"), ending }: WantedAnswer): void {
  response.writeHead(status, headers);
  response.flushHeaders();
  response.write(Buffer.from(body, "base64"));
  if (ending === undefined) response.end();
  // A moment later, so that the headers and what there is of the body have left.
  if (ending === "cut") setTimeout(() => response.socket?.destroy(), 50);
}
