import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";

/** A request that the receiver got. A GET returns it. */
export interface Arrival {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** The bytes of the body, for a body that is no text. */
  base64: string;
}

declare module "vitest" {
  interface ProvidedContext {
    receiverUrl: string;
  }
}

/** The response that the `response` parameter of a POST asks for, as JSON. By default, it is a 200 with "ok". */
export interface RequestedResponse {
  status?: number;
  headers?: Record<string, string>;
  /** In base64. */
  body?: string;
  /** How the body ends. By default, the response is completed. */
  ending?: "cut" | "hang";
}

/**
 * An HTTP server on a loopback address, outside the Workers runtime. A GET lists the requests that were posted to its
 * path.
 */
export default async function startReceiver(project: TestProject): Promise<() => void> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (request.method === "GET") {
      response.end(JSON.stringify(arrivals.filter((arrival) => arrival.path === path)));
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const bytes = Buffer.concat(chunks);
      arrivals.push({ path, headers: request.headers, body: bytes.toString("utf8"), base64: bytes.toString("base64") });
      respond(response, readRequestedResponse(path));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // the server listens on a port, so this is not a string
  project.provide("receiverUrl", `http://127.0.0.1:${port}`);
  return () => void server.close();
}

function readRequestedResponse(path: string): RequestedResponse {
  const json = new URL(path, "http://localhost").searchParams.get("response");
  return json === null ? {} : (JSON.parse(json) as RequestedResponse); // written by a test
}

function respond(
  response: ServerResponse,
  { status = 200, headers, body = btoa("ok"), ending }: RequestedResponse,
): void {
  response.writeHead(status, headers);
  response.flushHeaders();
  response.write(Buffer.from(body, "base64"));
  if (ending === undefined) response.end();
  // Later, so that the headers and the first part of the body have been sent.
  if (ending === "cut") setTimeout(() => response.socket?.destroy(), 50);
}
