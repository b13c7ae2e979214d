import { createServer, type IncomingHttpHeaders } from "node:http";
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
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port, not a pipe
  project.provide("receiverUrl", `http://127.0.0.1:${port}`);
  return () => void server.close();
}
